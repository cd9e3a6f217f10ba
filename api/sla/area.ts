import { area } from '../http/area.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { serviceLevelRoutes } from './service-level-routes.ts'
import { ticketSlaRoutes } from './ticket-sla-routes.ts'
import { waitingRoutes } from './waiting-routes.ts'

/** Service levels, calendars of business hours, and waiting. */
export const sla = area('SLA', 'Service levels, calendars of business hours, and waiting.', [
  calendarRoutes,
  serviceLevelRoutes,
  waitingRoutes,
  ticketSlaRoutes,
])
