import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { ProjectionActivities } from '../../workflows/ticket/activities.ts'
import { loadTicket } from './load-ticket.ts'
import { persistEvents } from './persist.ts'

/** The projection's activities, bound to a database. */
export const projectionActivities = (db: OpenDatabase): ProjectionActivities => ({
  persistEvents: (batch) => persistEvents(db.pool, batch),
  loadTicket: (number) => loadTicket(db.pool, number),
})
