import { area } from '../http/area.ts'
import { childrenRoutes } from './child-routes.ts'
import { mergeRoutes } from './merge-routes.ts'

/** Tickets made one, taken apart, and solved together. */
export const merging = area('Merging', 'Tickets made one, taken apart, and solved together.', [
  mergeRoutes,
  childrenRoutes,
])
