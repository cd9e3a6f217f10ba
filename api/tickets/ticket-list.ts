import { createHash } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import type {
  TicketQuery,
  TicketSummary,
  TicketView,
  ticketPage,
} from '../../domain/tickets/contract.ts'
import { readCursor, writeCursor } from '../http/cursor.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { ticketFilter, views } from './ticket-filter.ts'
import { summaryOf, SUMMARY_COLUMNS, SUMMARY_JOINS, type SummaryRow } from './ticket-summary.ts'

type Db = Pick<pg.Pool, 'query'>

/**
 * Where a page ended, and the total that its first page counted: going on reading does not count
 * again.
 */
const cursorKeys = z.tuple([
  z.union([z.iso.datetime(), z.literal('infinity')]),
  z.number().int(),
  z.number().int(),
])

/**
 * One page of the list in the order that is asked for. Going on from the last row's keys, not from
 * an offset, it neither repeats nor skips a row that stayed where it was.
 */
export async function listTickets(
  db: Db,
  user: SignedInUser,
  query: TicketQuery,
): Promise<z.infer<typeof ticketPage>> {
  const { where, params } = ticketFilter(user, query)
  const from = readCursor(query.cursor, cursorKeys)
  const order = orders[query.sort ?? 'updated']
  const { rows, total } = query.q?.trim()
    ? await foundPage(db, where, params, query.limit, from, order)
    : await indexedPage(db, where, params, query.limit, from, order)
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
  by: string
  after: (time: string, number: string) => string
  keyOf: (item: TicketSummary) => string
}

const orders: Record<NonNullable<TicketQuery['sort']>, Order> = {
  updated: {
    by: 't.updated_at DESC, t.number DESC',
    after: (time, number) => `(t.updated_at, t.number) < (${time}, ${number})`,
    keyOf: (item) => item.updatedAt,
  },
  due: {
    by: `coalesce(t.due_at, 'infinity'::timestamptz), t.number`,
    after: (time, number) =>
      `(coalesce(t.due_at, 'infinity'::timestamptz), t.number) > (${time}, ${number})`,
    keyOf: (item) => item.dueAt ?? 'infinity',
  },
}

type From = z.infer<typeof cursorKeys> | null
interface RawPage {
  rows: SummaryRow[]
  total: number
}

const beyond = (from: From, order: Order, params: unknown[]): string =>
  from === null
    ? 'true'
    : order.after(`$${params.push(from[0])}::timestamptz`, `$${params.push(from[1])}::int`)

/** The page is read off an index that is in the list's order, and only then joined with names. */
async function indexedPage(
  db: Db,
  where: string,
  params: unknown[],
  limit: number,
  from: From,
  order: Order,
): Promise<RawPage> {
  const counting = from ? from[2] : countTickets(db, where, params)
  const all = [...params]
  const page = db.query<SummaryRow>(
    prepared(
      `SELECT ${SUMMARY_COLUMNS} FROM (
       SELECT t.* FROM ticket t WHERE ${where} AND ${beyond(from, order, all)} ORDER BY ${order.by} LIMIT ${limit + 1}
     ) t ${SUMMARY_JOINS} ORDER BY ${order.by}`,
      all,
    ),
  )
  const [{ rows }, total] = await Promise.all([page, counting])
  return { rows, total }
}

/** What words find has no order: it is gone through once, for the page and for the total. */
async function foundPage(
  db: Db,
  where: string,
  params: unknown[],
  limit: number,
  from: From,
  order: Order,
): Promise<RawPage> {
  const all = [...params]
  const { rows } = await db.query<SummaryRow & { total: number }>(
    prepared(
      `WITH found AS MATERIALIZED (SELECT t.number, t.updated_at, t.due_at FROM ticket t WHERE ${where})
     SELECT ${SUMMARY_COLUMNS}, (SELECT count(*)::int FROM found) AS total
     FROM (SELECT t.number FROM found t WHERE ${beyond(from, order, all)} ORDER BY ${order.by} LIMIT ${limit + 1}) f
       JOIN ticket t ON t.number = f.number ${SUMMARY_JOINS} ORDER BY ${order.by}`,
      all,
    ),
  )
  return { rows, total: from ? from[2] : (rows[0]?.total ?? 0) }
}

async function countTickets(db: Db, where: string, params: unknown[]): Promise<number> {
  const {
    rows: [row],
  } = await db.query<{ total: number }>(
    prepared(`SELECT count(*)::int AS total FROM ticket t WHERE ${where}`, params),
  )
  return row?.total ?? 0
}

/**
 * Planned once for each connection and kind of filter: planning a page's joins takes longer than
 * reading it.
 */
const prepared = (text: string, values: unknown[]) => ({
  name: createHash('sha1').update(text).digest('base64url'),
  text,
  values,
})

/**
 * How many tickets each view holds, for this person: one statement, in which each view is counted
 * from the index that is best for it.
 */
export async function countViews(db: Db, user: SignedInUser): Promise<Record<TicketView, number>> {
  const params: unknown[] = []
  const counts = (Object.keys(views) as TicketView[]).map(
    (view) =>
      `(SELECT count(*)::int FROM ticket t WHERE ${ticketFilter(user, { view }, params).where}) AS "${view}"`,
  )
  const {
    rows: [row],
  } = await db.query<Record<TicketView, number>>(`SELECT ${counts.join(', ')}`, params)
  return (
    row ?? {
      mine: 0,
      unassigned: 0,
      open: 0,
      all: 0,
      watching: 0,
      trouble: 0,
      solved: 0,
      snoozed: 0,
    }
  )
}
