import ListPlus from '@lucide/svelte/icons/list-plus'
import Shapes from '@lucide/svelte/icons/shapes'
import Tags from '@lucide/svelte/icons/tags'
import type { Area } from '../area.ts'

export const classification = {
  settings: [
    {
      id: 'categories',
      order: 30,
      icon: Tags,
      right: 'settings.manage',
      page: () => import('./Categories.svelte'),
    },
    {
      id: 'classification',
      order: 40,
      icon: Shapes,
      right: 'settings.manage',
      page: () => import('./ClassificationSettings.svelte'),
    },
    {
      id: 'fields',
      order: 100,
      icon: ListPlus,
      right: 'settings.manage',
      page: () => import('./CustomFieldSettings.svelte'),
    },
  ],
} satisfies Area
