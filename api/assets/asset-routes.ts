import { type Expression, type SqlBool, sql } from 'kysely'
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
import { newId } from '../http/idempotency/attempt.ts'
import { assetCsv, assetCsvExample } from './asset-csv.ts'
import { assetFilter } from './asset-filter.ts'
import { importAssets } from './asset-import.ts'
import { assetOf, assets, byName, assetWithLinks, authorisedAsset } from './asset-view.ts'
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

const cursorKeys = z.tuple([z.string(), z.uuid()])

/** Assets: plain records with a history, whatever tickets they are on. */
export function assetRoutes(api: Api, { db }: Dependencies): void {
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
      const where = assetFilter(signedIn(request), query)
      const { total } = await db
        .selectFrom('asset as a')
        .select(sql<number>`count(*)::int`.as('total'))
        .where(where)
        .executeTakeFirstOrThrow()
      const after = readCursor(cursor, cursorKeys)
      const rows = await listed(where)
        .$if(after !== null, (rest) =>
          rest.where((eb) => eb(eb.refTuple(byName, 'a.id'), '>', eb.tuple(...after!))),
        )
        .limit(limit + 1)
        .execute()
      return {
        ...pageOf(rows, limit, assetOf, (row) => [row.name.toLowerCase(), row.id]),
        total,
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
      const rows = await db
        .selectFrom('asset as a')
        .select((eb) => eb.fn.min('a.type').as('type'))
        .where(assetFilter(signedIn(request), {}))
        .groupBy((eb) => eb.fn('lower', ['a.type']))
        .orderBy((eb) => eb.fn('lower', ['a.type']))
        .execute()
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
        response: bytes('text/csv', 'One line for each asset.', assetCsvExample),
      },
    },
    async (request, reply) => {
      const rows = await listed(assetFilter(signedIn(request), request.query)).execute()
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', contentDisposition(false, 'assets.csv'))
        .header('cache-control', 'no-store')
        .send(assetCsv(rows.map(assetOf)))
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
    (request) => importAssets(db, signedIn(request), request.body),
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
      await db.transaction().execute(async (transaction) => {
        const made = await changedAsset(transaction, user, blankAsset(id), request.body, true)
        await writeAsset(transaction, made)
        await note(transaction, user, { assetId: id }, [{ change: 'created', to: made.name }])
      })
      return reply
        .code(201)
        .header('location', `/api/v1/assets/${id}`)
        .send(await assetWithLinks(db, user, id))
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
    (request) => assetWithLinks(db, signedIn(request), request.params.id),
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
      await db.transaction().execute(async (transaction) => {
        const before = await lockedAsset(transaction, user, id)
        const after = await changedAsset(transaction, user, before, request.body, false)
        const lines = assetDifferences(before, after)
        if (lines.length > 0) await writeAsset(transaction, after)
        await note(transaction, user, { assetId: id }, lines)
      })
      return assetWithLinks(db, user, id)
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
      await db.transaction().execute(async (transaction) => {
        const { id, name } = await lockedAsset(transaction, user, request.params.id)
        await transaction
          .updateTable('asset')
          .set({ removed_at: sql`now()` })
          .where('id', '=', id)
          .execute()
        await note(transaction, user, { assetId: id }, [{ change: 'removed', from: name }])
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
      const { id } = await authorisedAsset(db, signedIn(request), request.params.id)
      return historyPage(db, { assetId: id }, request.query)
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
      await db
        .transaction()
        .execute((transaction) =>
          relateAssetAndDocument(transaction, user, id, request.body.documentId, true),
        )
      return reply.code(201).send(await assetWithLinks(db, user, id))
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
      await db
        .transaction()
        .execute((transaction) =>
          relateAssetAndDocument(
            transaction,
            user,
            request.params.id,
            request.params.documentId,
            false,
          ),
        )
      return reply.code(204).send()
    },
  )

  /** In the list's order. */
  const listed = (where: Expression<SqlBool>) =>
    assets(db).where(where).orderBy(byName).orderBy('a.id')
}
