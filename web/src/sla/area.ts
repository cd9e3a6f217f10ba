import Timer from '@lucide/svelte/icons/timer'
import type { Area } from '../area.ts'
import { slaEventLabels } from './event-labels.ts'

export const sla = {
  events: slaEventLabels,
  settings: [
    {
      id: 'sla',
      order: 90,
      icon: Timer,
      right: 'settings.manage',
      page: () => import('./SlaSettings.svelte'),
    },
  ],
} satisfies Area
