import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { TicketQuery, TicketView } from '../../domain/tickets/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { DB } from '../../prisma/generated/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { seesTicket } from '../access/visible-tickets.ts'

const eb = expressionBuilder<DB & { t: DB['ticket'] }, 't'>()

/** Worked on: not ended. Words in the text, because the planner knows how common each is. */
const active = eb('t.status', 'in', (['new', 'open', 'waiting'] as const).map(sql.lit))

/** Worked on now: a snoozed ticket is out of the way until it comes back. */
const present = eb.and([active, eb.not('t.snoozed')])

/** What each view holds, for a person. */
export const views: Record<TicketView, (me: string) => Expression<SqlBool>> = {
  mine: (me) => eb.and([eb('t.owner_id', '=', me), present]),
  unassigned: () => eb.and([eb('t.owner_id', 'is', null), present]),
  open: () => present,
  snoozed: () => eb.and([eb('t.snoozed', '=', sql.lit(true)), active]),
  all: () => eb.and([]),
  watching: (me) =>
    eb('t.number', 'in', (watched) =>
      watched
        .selectFrom('ticket_watcher as w')
        .select('w.ticket_number')
        .where('w.user_id', '=', me),
    ),
  trouble: () => eb('t.delivery_trouble', '=', sql.lit(true)),
  solved: () => eb('t.status', 'in', (['solved', 'closed'] as const).map(sql.lit)),
}

/** What the list's question asks for of tickets `t`, within what the person may see. */
export function ticketFilter(
  user: SignedInUser,
  query: Omit<TicketQuery, 'cursor' | 'limit'>,
): Expression<SqlBool> {
  const wheres: Expression<SqlBool>[] = [seesTicket(user)]
  if (query.view) wheres.push(views[query.view](user.id))
  if (query.status) wheres.push(eb('t.status', '=', anyOf(query.status, '"TicketStatus"')))
  if (query.priority) wheres.push(eb('t.priority', '=', anyOf(query.priority, '"Priority"')))
  if (query.department) wheres.push(eb('t.department_id', '=', query.department))
  if (query.owner === 'none') wheres.push(eb('t.owner_id', 'is', null))
  else if (query.owner)
    wheres.push(eb('t.owner_id', '=', query.owner === 'me' ? user.id : query.owner))
  if (query.requester)
    wheres.push(
      eb(
        't.requester_email',
        '=',
        sql<string>`any(addresses_of(${query.requester.trim().toLowerCase()}))`,
      ),
    )
  if (query.category) wheres.push(eb('t.category_id', '=', query.category))
  if (query.resolution) wheres.push(eb('t.resolution', '=', query.resolution))
  if (query.tag) wheres.push(eb('t.tags', '@>', sql<string[]>`ARRAY[${query.tag}]::text[]`))
  if (query.due === 'overdue') wheres.push(eb('t.due_at', '<=', sql<Date>`now()`))
  else if (query.due === 'day')
    wheres.push(eb('t.due_at', '<=', sql<Date>`now() + interval '24 hours'`))
  else if (query.due === 'any') wheres.push(eb('t.due_at', 'is not', null))
  if (query.location)
    wheres.push(
      eb('t.location_id', '=', sql<string>`any(locations_within(ARRAY[${query.location}::uuid]))`),
    )
  if (query.q?.trim()) wheres.push(foundBy(query.q))
  return eb.and(wheres)
}

/**
 * Every word, each also as the beginning of a longer one; a number also finds the ticket that has
 * it.
 */
function foundBy(q: string): Expression<SqlBool> {
  const words = q.match(/[^\s"()&|!<>:*]+/g)?.slice(0, 20) ?? []
  if (words.length === 0) return sql<boolean>`false`
  // Quoted, so that to_tsquery takes each word as text and none as an operator.
  const quoted = words.map((word) => `'${word.replace(/['\\]/g, '$&$&')}':*`).join(' & ')
  const found = sql<boolean>`t.search @@ to_tsquery('simple', ${quoted})`
  const number = /^\s*#?(\d{1,9})\s*$/.exec(q)?.[1]
  return number === undefined ? found : eb.or([eb('t.number', '=', Number(number)), found])
}
