import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { ticketNumber, wholeNumber } from '../../domain/contract.ts'
import type {
  TicketQuery,
  TicketSummary,
  TicketView,
  ticketPage,
} from '../../domain/tickets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runPrepared } from '../../platform/postgres/run-prepared.ts'
import { readCursor, writeCursor } from '../http/cursor.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { ticketFilter, views } from './ticket-filter.ts'
import { summaryOf, summaryParts, type SummaryRow } from './ticket-summary.ts'

/**
 * Where a page ended, and the total that its first page counted: going on reading does not count
 * again.
 */
const cursorKeys = z.tuple([
  z.union([z.iso.datetime(), z.literal('infinity')]),
  ticketNumber,
  wholeNumber,
])

/**
 * One page of the list in the order that is asked for. Going on from the last row's keys, not from
 * an offset, it neither repeats nor skips a row that stayed where it was.
 */
export async function listTickets(
  db: Database,
  user: SignedInUser,
  query: TicketQuery,
): Promise<z.infer<typeof ticketPage>> {
  const where = ticketFilter(user, query)
  const from = readCursor(query.cursor, cursorKeys)
  const order = orders[query.sort ?? 'updated']
  const { rows, total } = query.q?.trim()
    ? await foundPage(db, where, query.limit, from, order)
    : await indexedPage(db, where, query.limit, from, order)
  const items: TicketSummary[] = rows.slice(0, query.limit).map(summaryOf)
  const last = items.at(-1)
  return {
    items,
    next:
      rows.length > query.limit && last
        ? writeCursor([order.keyOf(last), last.number, total])
        : null,
    total,
  }
}

/** In what order, and where to go on after a row's keys. */
interface Order {
  by: RawBuilder<unknown>
  after: (time: string, number: number) => Expression<SqlBool>
  keyOf: (item: TicketSummary) => string
}

const dueTime = sql<Date>`coalesce(t.due_at, 'infinity'::timestamptz)`
const orders: Record<NonNullable<TicketQuery['sort']>, Order> = {
  updated: {
    by: sql`t.updated_at DESC, t.number DESC`,
    after: (time, number) =>
      sql<boolean>`(t.updated_at, t.number) < (${time}::timestamptz, ${number}::int)`,
    keyOf: (item) => item.updatedAt,
  },
  due: {
    by: sql`${dueTime}, t.number`,
    after: (time, number) =>
      sql<boolean>`(${dueTime}, t.number) > (${time}::timestamptz, ${number}::int)`,
    keyOf: (item) => item.dueAt ?? 'infinity',
  },
}

const { columns, joins } = summaryParts

type From = z.infer<typeof cursorKeys> | null
interface RawPage {
  rows: SummaryRow[]
  total: number
}

const beyond = (from: From, order: Order): Expression<SqlBool> =>
  from === null ? sql<boolean>`true` : order.after(from[0], from[1])

/** As text and not as a parameter, so that a prepared plan knows that a page is short. */
const oneMoreThan = (limit: number) => sql.lit(limit + 1)

/** The page is read off an index that is in the list's order, and only then joined with names. */
async function indexedPage(
  db: Database,
  where: Expression<SqlBool>,
  limit: number,
  from: From,
  order: Order,
): Promise<RawPage> {
  const page = db
    .selectFrom('ticket as t')
    .selectAll('t')
    .where(where)
    .where(beyond(from, order))
    .orderBy(order.by)
    .limit(oneMoreThan(limit))
  const [rows, total] = await Promise.all([
    runPrepared(
      db,
      sql<SummaryRow>`SELECT ${columns} FROM ${page} AS t ${joins} ORDER BY ${order.by}`,
    ),
    from ? from[2] : countTickets(db, where),
  ])
  return { rows, total }
}

/** What words find has no order: it is gone through once, for the page and for the total. */
async function foundPage(
  db: Database,
  where: Expression<SqlBool>,
  limit: number,
  from: From,
  order: Order,
): Promise<RawPage> {
  const found = db
    .selectFrom('ticket as t')
    .select(['t.number', 't.updated_at', 't.due_at'])
    .where(where)
  const rows = await runPrepared(
    db,
    sql<SummaryRow & { total: number }>`
      WITH found AS MATERIALIZED ${found}
      SELECT ${columns}, (SELECT count(*)::int FROM found) AS total
      FROM (
        SELECT t.number FROM found t WHERE ${beyond(from, order)}
        ORDER BY ${order.by} LIMIT ${oneMoreThan(limit)}
      ) f JOIN ticket t ON t.number = f.number ${joins} ORDER BY ${order.by}`,
  )
  return { rows, total: from ? from[2] : (rows[0]?.total ?? 0) }
}

const counted = sql<number>`count(*)::int`.as('counted')

async function countTickets(db: Database, where: Expression<SqlBool>): Promise<number> {
  const [row] = await runPrepared(db, db.selectFrom('ticket as t').select(counted).where(where))
  return row?.counted ?? 0
}

/**
 * How many tickets each view holds, for this person: one statement, in which each view is counted
 * from the index that is best for it.
 */
export async function countViews(
  db: Database,
  user: SignedInUser,
): Promise<Record<TicketView, number>> {
  const count = (view: TicketView) =>
    db
      .selectFrom('ticket as t')
      .select(counted)
      .where(ticketFilter(user, { view }))
      .$asScalar()
      .$notNull()
      .as(view)
  const [counts] = await runPrepared(
    db,
    db.selectNoFrom((Object.keys(views) as TicketView[]).map(count)),
  )
  return counts!
}
