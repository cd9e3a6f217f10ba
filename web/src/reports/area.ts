import ChartColumn from '@lucide/svelte/icons/chart-column'
import type { Area } from '../area.ts'

export const reports = {
  routes: { '/reports': () => import('./ReportsPage.svelte') },
  links: [
    {
      group: 'work',
      order: 30,
      href: '/reports',
      label: 'reports.title',
      icon: ChartColumn,
      right: 'ticket.read',
    },
  ],
} satisfies Area
