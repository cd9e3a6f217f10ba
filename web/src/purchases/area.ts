import ShoppingCart from '@lucide/svelte/icons/shopping-cart'
import type { Area } from '../area.ts'
import { purchaseEventLabels } from './event-labels.ts'
import { purchaseListsKey } from './queries.ts'

export const purchases = {
  routes: { '/purchases': () => import('./PurchasesPage.svelte') },
  events: purchaseEventLabels,
  links: [
    {
      group: 'records',
      order: 20,
      href: '/purchases',
      label: 'approval.purchases.title',
      icon: ShoppingCart,
      right: 'asset.manage',
    },
  ],
  changesWithTickets: [purchaseListsKey],
} satisfies Area
