import { z } from 'zod'
import {
  assetChange,
  assetDetail,
  assetImport,
  assetImportResult,
  assetPage,
  assetQuery,
  assetTypes,
  documentLink,
  assetHistory,
  newAsset,
} from '../../domain/assets/contract.ts'
import { cursorQuery, uuidParams } from '../../domain/contract.ts'
import { assetColumnNames, writtenAmount } from '../../domain/assets/import-columns.ts'
import { csvLine } from '../../domain/csv.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { assetFilter } from './asset-filter.ts'
import { importAssets } from './asset-import.ts'
import {
  ASSET_COLUMNS,
  ASSET_JOINS,
  assetOf,
  type AssetRow,
  assetWithLinks,
  authorisedAsset,
} from './asset-view.ts'
import {
  assetDifferences,
  blankAsset,
  changedAsset,
  lockedAsset,
  writeAsset,
} from './asset-writing.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { contentDisposition } from '../http/download.ts'
import { historyPage, note } from './asset-history.ts'
import { relateAssetAndDocument } from './asset-relations.ts'
import { type Api, answers, bytes, noContent } from '../http/route-schema.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

const cursorKeys = z.tuple([z.string(), z.uuid()])

/** Assets: plain records with a history, whatever tickets they are on. */
export function assetRoutes(api: Api, { pool }: Dependencies): void {
  const config = { right: 'asset.manage' } as const

  api.get(
    '/assets',
    {
      config,
      schema: {
        operationId: 'listAssets',
        summary: 'List assets',
        description: 'By name, within the locations that one sees.',
        querystring: assetQuery,
        response: answers(200, assetPage),
      },
    },
    async (request) => {
      const { cursor, limit, ...query } = request.query
      const { where, params } = assetFilter(signedIn(request), query)
      const {
        rows: [count],
      } = await pool.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM asset a WHERE ${where}`,
        params,
      )
      const from = readCursor(cursor, cursorKeys)
      const beyond = from
        ? `AND (lower(a.name), a.id) > ($${params.push(from[0])}, $${params.push(from[1])}::uuid)`
        : ''
      const { rows } = await pool.query<AssetRow>(
        `SELECT ${ASSET_COLUMNS} FROM asset a ${ASSET_JOINS} WHERE ${where} ${beyond} ORDER BY lower(a.name), a.id LIMIT ${limit + 1}`,
        params,
      )
      return {
        ...pageOf(rows, limit, assetOf, (row) => [row.name.toLowerCase(), row.id]),
        total: count?.total ?? 0,
      }
    },
  )

  api.get(
    '/assets/types',
    {
      config,
      schema: {
        operationId: 'listAssetTypes',
        summary: 'Types of assets that are in use',
        response: answers(200, assetTypes),
      },
    },
    async (request) => {
      const { where, params } = assetFilter(signedIn(request), {})
      const { rows } = await pool.query<{ type: string }>(
        `SELECT min(a.type) AS type FROM asset a WHERE ${where} GROUP BY lower(a.type) ORDER BY lower(a.type)`,
        params,
      )
      return { items: rows.map((row) => row.type), next: null }
    },
  )

  api.get(
    '/assets.csv',
    {
      config,
      schema: {
        operationId: 'exportAssets',
        summary: 'Assets as a CSV file',
        description: 'RFC 4180, UTF-8. The import reads it back.',
        querystring: assetQuery.omit({ cursor: true, limit: true }),
        response: bytes('text/csv', 'One line for each asset.'),
      },
    },
    async (request, reply) => {
      const { where, params } = assetFilter(signedIn(request), request.query)
      const { rows } = await pool.query<AssetRow>(
        `SELECT ${ASSET_COLUMNS} FROM asset a ${ASSET_JOINS} WHERE ${where} ORDER BY lower(a.name), a.id`,
        params,
      )
      const lines = rows.map((row) => {
        const { location, user, price, purchasedOn, warrantyEnds, ...plain } = assetOf(row)
        const written = {
          ...plain,
          location: location?.name ?? '',
          user: user?.email ?? '',
          userName: user?.name ?? '',
          price: price === null ? '' : writtenAmount(price),
          purchasedOn: purchasedOn ?? '',
          warrantyEnds: warrantyEnds ?? '',
        }
        return csvLine(assetColumnNames.map((column) => written[column]))
      })
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', contentDisposition(false, 'assets.csv'))
        .header('cache-control', 'no-store')
        .send(`\uFEFF${csvLine(assetColumnNames)}${lines.join('')}`)
    },
  )

  api.post(
    '/assets/import',
    {
      config,
      schema: {
        operationId: 'importAssets',
        summary: 'Import assets from a CSV file',
        description:
          'With `preview` nothing is written. With an error in any line nothing is imported.',
        body: assetImport,
        response: answers(200, assetImportResult),
      },
    },
    (request) => importAssets(pool, signedIn(request), request.body),
  )

  api.post(
    '/assets',
    {
      config,
      schema: {
        operationId: 'createAsset',
        summary: 'Add an asset',
        body: newAsset,
        response: answers(201, assetDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const id = newId()
      await inTransaction(pool, async (client) => {
        const made = await changedAsset(client, user, blankAsset(id), request.body, true)
        await writeAsset(client, made)
        await note(client, user, { assetId: id }, [{ change: 'created', to: made.name }])
      })
      return reply
        .code(201)
        .header('location', `/api/v1/assets/${id}`)
        .send(await assetWithLinks(pool, user, id))
    },
  )

  api.get(
    '/assets/:id',
    {
      config,
      schema: {
        operationId: 'getAsset',
        summary: 'One asset',
        params: uuidParams,
        response: answers(200, assetDetail),
      },
    },
    (request) => assetWithLinks(pool, signedIn(request), request.params.id),
  )

  api.patch(
    '/assets/:id',
    {
      config,
      schema: {
        operationId: 'changeAsset',
        summary: 'Change an asset',
        params: uuidParams,
        body: assetChange,
        response: answers(200, assetDetail),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { id } = request.params
      await inTransaction(pool, async (client) => {
        const before = await lockedAsset(client, user, id)
        const after = await changedAsset(client, user, before, request.body, false)
        const lines = assetDifferences(before, after)
        if (lines.length > 0) await writeAsset(client, after)
        await note(client, user, { assetId: id }, lines)
      })
      return assetWithLinks(pool, user, id)
    },
  )

  api.delete(
    '/assets/:id',
    {
      config,
      schema: {
        operationId: 'removeAsset',
        summary: 'Remove an asset',
        description: 'From lists. Its history, and the tickets that it was on, keep it.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await inTransaction(pool, async (client) => {
        const { id, name } = await lockedAsset(client, user, request.params.id)
        await client.query('UPDATE asset SET removed_at = now() WHERE id = $1', [id])
        await note(client, user, { assetId: id }, [{ change: 'removed', from: name }])
      })
      return reply.code(204).send()
    },
  )

  api.get(
    '/assets/:id/history',
    {
      config,
      schema: {
        operationId: 'listAssetHistory',
        summary: 'What happened to an asset',
        description: 'Newest first.',
        params: uuidParams,
        querystring: cursorQuery,
        response: answers(200, assetHistory),
      },
    },
    async (request) => {
      const { id } = await authorisedAsset(pool, signedIn(request), request.params.id)
      return historyPage(pool, { assetId: id }, request.query)
    },
  )

  api.post(
    '/assets/:id/documents',
    {
      config,
      schema: {
        operationId: 'linkAssetDocument',
        summary: 'Link a document with an asset',
        params: uuidParams,
        body: documentLink,
        response: answers(201, assetDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const { id } = request.params
      await inTransaction(pool, (client) =>
        relateAssetAndDocument(client, user, id, request.body.documentId, true),
      )
      return reply.code(201).send(await assetWithLinks(pool, user, id))
    },
  )

  api.delete(
    '/assets/:id/documents/:documentId',
    {
      config,
      schema: {
        operationId: 'unlinkAssetDocument',
        summary: 'Unlink a document from an asset',
        params: uuidParams.extend({ documentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await inTransaction(pool, (client) =>
        relateAssetAndDocument(client, user, request.params.id, request.params.documentId, false),
      )
      return reply.code(204).send()
    },
  )
}
