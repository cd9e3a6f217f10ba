import { below } from '../api/cache.ts'
import type { Answer } from '../api/client.ts'
import { pages, query } from '../api/query.ts'

export const notificationsKey = below('/notifications')

export const notificationCountQuery = () => ({
  ...query('/notifications/count'),
  select: ({ unread }: Answer<'/notifications/count'>) => unread,
})
export const notificationLevelQuery = (number: number) =>
  query('/tickets/{number}/notification-level', { path: { number } })
export const notificationsQuery = () => pages('/notifications')
