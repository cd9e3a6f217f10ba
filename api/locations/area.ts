import { area } from '../http/area.ts'
import { locationRoutes } from './location-routes.ts'
import { userLocationRoutes } from './user-location-routes.ts'

/** Where requesters and assets are, and who is limited to where. */
export const locations = area(
  'Locations',
  'Where requesters and assets are, and who is limited to where.',
  [locationRoutes, userLocationRoutes],
)
