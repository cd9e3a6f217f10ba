import HeartPulse from '@lucide/svelte/icons/heart-pulse'
import type { Area } from '../area.ts'

export const health = {
  routes: { '/unwritten': () => import('./UnwrittenPage.svelte') },
  settings: [
    {
      id: 'health',
      order: 95,
      icon: HeartPulse,
      right: 'settings.manage',
      page: () => import('./HealthPage.svelte'),
    },
  ],
} satisfies Area
