import type { TicketQuery, TicketView } from '../../domain/tickets/contract.ts'
import { visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import type { SignedInUser } from '../access/sessions.ts'

/** A WHERE clause on `ticket t` with its parameters. */
export interface TicketFilter {
  where: string
  params: unknown[]
}

/** Worked on: not ended. Written as a list, because the index on status is used for it. */
const ACTIVE = `t.status IN ('new', 'open', 'waiting')`

/** Worked on now: a snoozed ticket is out of the way until it comes back. */
const PRESENT = `${ACTIVE} AND NOT t.snoozed`

/** What each view holds. `$me` stands for the person's id. */
export const views: Record<TicketView, string> = {
  mine: `t.owner_id = $me AND ${PRESENT}`,
  unassigned: `t.owner_id IS NULL AND ${PRESENT}`,
  open: PRESENT,
  snoozed: `t.snoozed AND ${ACTIVE}`,
  all: 'true',
  watching: 't.number IN (SELECT w.ticket_number FROM ticket_watcher w WHERE w.user_id = $me)',
  trouble: 't.delivery_trouble',
  solved: `t.status IN ('solved', 'closed')`,
}

/**
 * What the list's question asks for, within what the person may see.
 * @param params those of the statement so far; the filter's are added to them.
 */
export function ticketFilter(
  user: SignedInUser,
  query: Omit<TicketQuery, 'cursor' | 'limit'>,
  params: unknown[] = [],
): TicketFilter {
  const bound = (value: unknown): string => `$${params.push(value)}`
  const wheres: string[] = []
  const departments = visibleDepartments(user)
  if (departments) wheres.push(`t.department_id = ANY(${bound(departments)}::uuid[])`)
  const locations = visibleLocations(user)
  if (locations) wheres.push(`t.location_id = ANY(${bound(locations)}::uuid[])`)
  if (query.view && query.view !== 'all')
    wheres.push(views[query.view].replaceAll('$me', () => `${bound(user.id)}::uuid`))
  if (query.status) wheres.push(`t.status = ANY(${bound(query.status)}::text[])`)
  if (query.priority) wheres.push(`t.priority = ANY(${bound(query.priority)}::text[])`)
  if (query.department) wheres.push(`t.department_id = ${bound(query.department)}::uuid`)
  if (query.owner === 'none') wheres.push('t.owner_id IS NULL')
  else if (query.owner)
    wheres.push(`t.owner_id = ${bound(query.owner === 'me' ? user.id : query.owner)}::uuid`)
  if (query.requester)
    wheres.push(
      `t.requester_email = ANY(addresses_of(${bound(query.requester.trim().toLowerCase())}))`,
    )
  if (query.category) wheres.push(`t.category_id = ${bound(query.category)}::uuid`)
  if (query.resolution) wheres.push(`t.resolution = ${bound(query.resolution)}`)
  if (query.tag) wheres.push(`t.tags @> ARRAY[${bound(query.tag)}]::text[]`)
  if (query.due === 'overdue') wheres.push('t.due_at <= now()')
  else if (query.due === 'day') wheres.push(`t.due_at <= now() + interval '24 hours'`)
  else if (query.due === 'any') wheres.push('t.due_at IS NOT NULL')
  if (query.location)
    wheres.push(`t.location_id = ANY(locations_within(ARRAY[${bound(query.location)}::uuid]))`)
  if (query.q?.trim()) wheres.push(searchFor(query.q, bound))
  return { where: wheres.join(' AND ') || 'true', params }
}

/**
 * Every word, each also as the beginning of a longer one; a number also finds the ticket that has
 * it.
 */
function searchFor(q: string, bound: (value: unknown) => string): string {
  const words = q.match(/[^\s"()&|!<>:*]+/g)?.slice(0, 20) ?? []
  if (words.length === 0) return 'false'
  // Quoted, so that to_tsquery takes each word as text and none as an operator.
  const quoted = words.map((word) => `'${word.replace(/['\\]/g, '$&$&')}':*`).join(' & ')
  const found = `t.search @@ to_tsquery('simple', ${bound(quoted)})`
  const number = /^\s*#?(\d{1,9})\s*$/.exec(q)?.[1]
  return number === undefined ? found : `(t.number = ${bound(Number(number))}::int OR ${found})`
}
