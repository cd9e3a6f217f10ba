import { expressionBuilder, sql } from 'kysely'
import type { DB } from '../../prisma/generated/database.ts'

const eb = expressionBuilder<{ e: DB['ticket_event'] }, 'e'>()
const changed = eb('e.type', '=', 'statusChanged')
const ended = ['solved', 'closed']
const from = sql<string>`e.data->>'from'`
const to = sql<string>`e.data->>'to'`
/** A merged ticket leaves the backlog, but nobody has solved it. */
const byWork = eb(sql<string>`e.data->>'reason'`, '<>', 'merge')

/** The event `e` takes its ticket out of the backlog. */
export const ends = eb.and([changed, eb(from, 'not in', ended), eb(to, 'in', ended)])
export const endsByWork = eb.and([ends, byWork])

/** The event `e` brings its ticket back. */
export const reopens = eb.and([changed, eb(from, 'in', ended), eb(to, 'not in', ended)])
export const reopensByWork = eb.and([reopens, byWork])
