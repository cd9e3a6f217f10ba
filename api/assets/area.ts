import { area } from '../http/area.ts'
import { assetRoutes } from './asset-routes.ts'
import { confirmationRoutes } from './confirmation-routes.ts'
import { documentRoutes } from './document-routes.ts'
import { ticketAssetRoutes } from './ticket-asset-routes.ts'
import { warrantyWatchRoutes } from './warranty-watch-routes.ts'

/** Assets, their documents, and confirmations of what was handed over. */
export const assets = area(
  'Assets',
  'Assets, their documents, and confirmations of what was handed over.',
  [assetRoutes, documentRoutes, ticketAssetRoutes, confirmationRoutes, warrantyWatchRoutes],
)
