import { area } from '../http/area.ts'
import { asOfRoutes } from './as-of-routes.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { commandRoutes } from './command-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { linkRoutes } from './link-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { tagRoutes } from './tag-routes.ts'
import { ticketListRoutes } from './ticket-list-routes.ts'
import { unwrittenRoutes } from './unwritten-routes.ts'
import { ticketRoutes } from './ticket-routes.ts'
import { watcherRoutes } from './watcher-routes.ts'

/** The tickets themselves: their properties, tags, links, watchers and history. */
export const tickets = area(
  'Tickets',
  'The tickets themselves: their properties, tags, links, watchers and history.',
  [
    ticketListRoutes,
    ticketRoutes,
    bulkRoutes,
    tagRoutes,
    watcherRoutes,
    linkRoutes,
    eventRoutes,
    commandRoutes,
    unwrittenRoutes,
    asOfRoutes,
    streamRoutes,
  ],
)
