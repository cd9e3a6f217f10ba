import { area } from '../http/area.ts'
import { assetListRoutes } from './asset-list-routes.ts'
import { assetRoutes } from './asset-routes.ts'
import { confirmationLinkRoutes } from './confirmation-link-routes.ts'
import { confirmationRoutes } from './confirmation-routes.ts'
import { documentFileRoutes } from './document-file-routes.ts'
import { documentLinkRoutes } from './document-link-routes.ts'
import { documentRoutes } from './document-routes.ts'
import { ticketAssetRoutes } from './ticket-asset-routes.ts'
import { warrantyWatchRoutes } from './warranty-watch-routes.ts'

/** Assets, their documents, and confirmations of what was handed over. */
export const assets = area(
  'Assets',
  'Assets, their documents, and confirmations of what was handed over.',
  [
    assetListRoutes,
    assetRoutes,
    documentRoutes,
    documentFileRoutes,
    documentLinkRoutes,
    ticketAssetRoutes,
    confirmationRoutes,
    confirmationLinkRoutes,
    warrantyWatchRoutes,
  ],
)
