import Bell from '@lucide/svelte/icons/bell'
import type { Area } from '../area.ts'
import { notificationCountQuery, notificationsKey } from './queries.ts'

export const notifications = {
  routes: { '/notifications': () => import('./NotificationsPage.svelte') },
  settings: [
    {
      id: 'notifications',
      order: 120,
      icon: Bell,
      right: null,
      page: () => import('./NotificationChoices.svelte'),
    },
  ],
  links: [
    {
      group: 'own',
      order: 10,
      href: '/notifications',
      label: 'notifications.title',
      icon: Bell,
      right: null,
      count: notificationCountQuery,
    },
  ],
  changesWithTickets: [notificationsKey],
} satisfies Area
