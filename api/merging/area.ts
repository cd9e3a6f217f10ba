import { area } from '../http/area.ts'
import { childrenRoutes } from './child-routes.ts'
import { mergeRoutes } from './merge-routes.ts'
import { splitRoutes } from './split-routes.ts'

/** Tickets made one, taken apart, and solved together. */
export const merging = area('Merging', 'Tickets made one, taken apart, and solved together.', [
  mergeRoutes,
  splitRoutes,
  childrenRoutes,
])
