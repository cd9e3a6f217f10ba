import Users from '@lucide/svelte/icons/users'
import type { Area } from '../area.ts'

export const contacts = {
  routes: {
    '/contacts': () => import('./ContactsPage.svelte'),
    '/contacts/:email': () => import('./ContactPage.svelte'),
  },
  links: [
    {
      group: 'records',
      order: 10,
      href: '/contacts',
      label: 'contacts.title',
      icon: Users,
      right: 'asset.manage',
    },
  ],
} satisfies Area
