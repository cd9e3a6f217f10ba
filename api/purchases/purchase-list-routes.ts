import { Readable } from 'node:stream'
import { purchaseFilter, purchaseList, purchaseQuery } from '../../domain/purchases/contract.ts'
import { languageOf } from '../../languages/language.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import { purchaseCsv, purchaseCsvExample } from './purchase-csv.ts'
import { purchaseCondition, purchaseRows, purchaseTotals } from './purchase-list.ts'
import { listedOf } from './purchase-view.ts'
import { timeCursor } from '../http/time-cursor.ts'

/** Purchase requests of all tickets. */
export function purchaseListRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/purchases',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listPurchases',
        summary: 'Purchase requests',
        description:
          'Newest first, within the departments and locations that one sees. The sums are of all that is found.',
        querystring: purchaseQuery,
        response: answers(200, purchaseList),
      },
    },
    async (request) => {
      const { cursor, limit } = request.query
      const condition = purchaseCondition(signedIn(request), request.query)
      const [rows, sums] = await Promise.all([
        purchaseRows(db, condition, readCursor(cursor, timeCursor), limit + 1),
        purchaseTotals(db, condition),
      ])
      return {
        ...pageOf(rows, limit, listedOf, (row) => [row.createdAt.toISOString(), row.id]),
        ...sums,
      }
    },
  )

  api.get(
    '/purchases.csv',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'exportPurchases',
        summary: 'Purchase requests as a table',
        description:
          'The same as `/purchases`, whole, one row for each line that is bought, as CSV (RFC 4180, UTF-8 with a byte order mark), headings and closed values in the caller’s language. Texts that a spreadsheet would take for formulas have an apostrophe before them.',
        querystring: purchaseFilter,
        response: bytes(
          'text/csv',
          'One row for each line, after a row of headings.',
          purchaseCsvExample,
        ),
      },
    },
    (request, reply) => {
      const user = signedIn(request)
      const table = purchaseCsv(
        db,
        languageOf(user.preferences.language),
        purchaseCondition(user, request.query),
      )
      return reply
        .header('content-disposition', 'attachment; filename="purchases.csv"')
        .type('text/csv; charset=utf-8; header=present')
        .send(Readable.from(table))
    },
  )
}
