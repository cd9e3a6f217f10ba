import { area } from '../http/area.ts'
import { purchaseRoutes } from './purchase-routes.ts'

/** Purchase requests, from the draft to the receipt. */
export const purchases = area('Purchases', 'Purchase requests, from the draft to the receipt.', [
  purchaseRoutes,
])
