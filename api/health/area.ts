import { area } from '../http/area.ts'
import { alertRoutes } from './alert-routes.ts'
import { healthRoutes } from './health-routes.ts'

/** What an admin must look at: Settings → Health. */
export const health = area('Health', 'What works, what does not, and what to do about it.', [
  healthRoutes,
  alertRoutes,
])
