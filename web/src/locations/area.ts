import MapPin from '@lucide/svelte/icons/map-pin'
import type { Area } from '../area.ts'

export const locations = {
  settings: [
    {
      id: 'locations',
      order: 50,
      icon: MapPin,
      right: 'settings.manage',
      page: () => import('./Locations.svelte'),
    },
  ],
} satisfies Area
