import FileText from '@lucide/svelte/icons/file-text'
import Laptop from '@lucide/svelte/icons/laptop'
import type { Area } from '../area.ts'
import { assetEventLabels } from './event-labels.ts'

export const assets = {
  routes: {
    '/assets': () => import('./AssetsPage.svelte'),
    '/assets/:id': () => import('./AssetPage.svelte'),
    '/documents': () => import('./DocumentsPage.svelte'),
    '/documents/:id': () => import('./DocumentPage.svelte'),
    '/confirm/:token': () => import('./ConfirmPage.svelte'),
  },
  open: ['/confirm/'],
  events: assetEventLabels,
  settings: [
    {
      id: 'assets',
      order: 55,
      icon: Laptop,
      right: 'settings.manage',
      page: () => import('./WarrantyWatch.svelte'),
    },
  ],
  links: [
    {
      group: 'records',
      order: 30,
      href: '/assets',
      label: 'assets.assets',
      icon: Laptop,
      right: 'asset.manage',
    },
    {
      group: 'records',
      order: 40,
      href: '/documents',
      label: 'assets.documents',
      icon: FileText,
      right: 'asset.manage',
    },
  ],
} satisfies Area
