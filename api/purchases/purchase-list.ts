import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { PurchaseFilter } from '../../domain/purchases/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { searchWords } from '../http/search-words.ts'
import { listedPurchases, type ListedRow } from './purchase-view.ts'
import { isAfter, type TimeCursor } from '../http/time-cursor.ts'

/**
 * Of purchase requests `p` and their tickets `t`: what is asked for, within what the person may see.
 * Every word has to be found.
 */
export function purchaseCondition(
  user: SignedInUser,
  { state, department, q }: PurchaseFilter,
): Expression<SqlBool> {
  const eb = expressionBuilder<{ p: DB['purchase']; t: DB['ticket'] }, 'p' | 't'>()
  const found = (word: string): Expression<SqlBool> => {
    const inWords = sql<boolean>`position(lower(${word}) IN p.words) > 0`
    const number = /^#?(\d{1,9})$/.exec(word)?.[1]
    return number === undefined
      ? inWords
      : eb.or([eb('p.ticket_number', '=', Number(number)), inWords])
  }
  return eb.and([
    seesTicket(user),
    ...(state ? [eb('p.state', '=', state)] : []),
    ...(department ? [eb('t.department_id', '=', department)] : []),
    ...searchWords(q).map(found),
  ])
}

/**
 * Newest first.
 * @param after the last one of the page before: its time and id.
 */
export const purchaseRows = (
  db: Database,
  condition: Expression<SqlBool>,
  after: TimeCursor | null,
  limit: number,
): Promise<ListedRow[]> =>
  listedPurchases(db)
    .where(condition)
    .where((eb) => isAfter(eb, ['p.created_at', 'p.id'], '<', after))
    .orderBy('p.created_at', 'desc')
    .orderBy('p.id', 'desc')
    .limit(limit)
    .execute()

/** How many there are, and their exact sum in each currency. */
export function purchaseTotals(
  db: Database,
  condition: Expression<SqlBool>,
): Promise<{ total: number; totals: { currency: string; amount: string }[] }> {
  const amounts = sql<{ currency: string; amount: string }>`jsonb_to_recordset(found.totals)`
  return db
    .with('found', (found) =>
      found
        .selectFrom('purchase as p')
        .innerJoin('ticket as t', 't.number', 'p.ticket_number')
        .select('p.totals')
        .where(condition),
    )
    .with('sums', (sums) =>
      sums
        .selectFrom('found')
        .crossJoinLateral(amounts.as<'x'>(sql`x(currency text, amount numeric)`))
        .select((eb) => ['x.currency', eb.cast<string>(eb.fn.sum('x.amount'), 'text').as('amount')])
        .groupBy('x.currency'),
    )
    .selectNoFrom((eb) => [
      eb
        .selectFrom('found')
        .select(sql<number>`count(*)::int`.as('total'))
        .$asScalar()
        .$notNull()
        .as('total'),
      jsonArrayFrom(
        eb.selectFrom('sums').select(['sums.currency', 'sums.amount']).orderBy('sums.currency'),
      ).as('totals'),
    ])
    .executeTakeFirstOrThrow()
}
