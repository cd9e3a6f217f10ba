import { below } from '../api/cache.ts'
import { pages, query } from '../api/query.ts'

export const notificationsKey = below('/notifications')

export const notificationCountQuery = () => query('/notifications/count')
export const notificationLevelQuery = (number: number) =>
  query('/tickets/{number}/notification-level', { path: { number } })
export const notificationsQuery = () => pages('/notifications')
