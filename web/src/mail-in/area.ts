import ShieldAlert from '@lucide/svelte/icons/shield-alert'
import type { Area } from '../area.ts'
import { mailboxesQuery, quarantineCountQuery, quarantineKey } from './queries.ts'

export const mailIn = {
  routes: { '/quarantine': () => import('./QuarantinePage.svelte') },
  links: [
    {
      group: 'mail',
      order: 10,
      href: '/quarantine',
      label: 'quarantine.title',
      icon: ShieldAlert,
      right: 'quarantine.manage',
      count: quarantineCountQuery,
      loud: true,
    },
  ],
  changesWithTickets: [quarantineKey],
  changesWithMailboxes: [mailboxesQuery().queryKey],
} satisfies Area
