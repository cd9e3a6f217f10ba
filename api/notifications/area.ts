import { area } from '../http/area.ts'
import { notificationLevelRoutes } from './notification-level-routes.ts'
import { notificationRoutes } from './notification-routes.ts'

/** What one is told, and of which tickets. */
export const notifications = area('Notifications', 'What one is told, and of which tickets.', [
  notificationRoutes,
  notificationLevelRoutes,
])
