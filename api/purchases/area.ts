import { area } from '../http/area.ts'
import { purchaseListRoutes } from './purchase-list-routes.ts'
import { purchaseProgressRoutes } from './purchase-progress-routes.ts'
import { purchaseRoutes } from './purchase-routes.ts'

/** Purchase requests, from the draft to the receipt. */
export const purchases = area('Purchases', 'Purchase requests, from the draft to the receipt.', [
  purchaseListRoutes,
  purchaseRoutes,
  purchaseProgressRoutes,
])
