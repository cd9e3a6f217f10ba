import { type Expression, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import {
  assetImport,
  assetImportResult,
  assetPage,
  assetQuery,
  assetTypes,
} from '../../domain/assets/contract.ts'
import { languageOf } from '../../languages/language.ts'
import { assetCsv, assetCsvExample } from './asset-csv.ts'
import { assetFilter } from './asset-filter.ts'
import { importAssets } from './asset-import.ts'
import { assetOf, assets, byName } from './asset-view.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { contentDisposition } from '../http/download.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'

const cursorKeys = z.tuple([z.string(), z.uuid()])

/** Assets as lists: pages, their types, and CSV files out and in. */
export function assetListRoutes(api: Api, { db }: Dependencies): void {
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
        description:
          'In alphabetical order, each once however it is written: to choose from, since types are free text.',
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
        description:
          'RFC 4180, UTF-8 with a byte order mark, headings and statuses in the caller’s language. The import reads it back.',
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
        .send(assetCsv(languageOf(signedIn(request).preferences.language), rows.map(assetOf)))
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

  /** In the list's order. */
  const listed = (where: Expression<SqlBool>) =>
    assets(db).where(where).orderBy(byName).orderBy('a.id')
}
