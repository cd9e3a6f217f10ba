import { area } from '../http/area.ts'
import { categoryRoutes } from './category-routes.ts'
import { customFieldRoutes } from './custom-field-routes.ts'
import { priorityMatrixRoutes } from './priority-matrix-routes.ts'
import { resolutionRoutes } from './resolution-routes.ts'
import { statusNameRoutes } from './status-name-routes.ts'
import { ticketFieldRoutes } from './ticket-field-routes.ts'

/** Categories, custom fields, priorities, the names of statuses, resolutions. */
export const classification = area(
  'Classification',
  'Categories, custom fields, priorities, the names of statuses, resolutions.',
  [
    categoryRoutes,
    customFieldRoutes,
    ticketFieldRoutes,
    priorityMatrixRoutes,
    statusNameRoutes,
    resolutionRoutes,
  ],
)
