import type { NotificationKind } from '../../../domain/notifications.ts'
import type { NotificationTexts } from '../notification-text.ts'
import { approvalTexts } from './approvals.ts'
import { assetTexts } from './assets.ts'
import { slaTexts } from './sla.ts'
import { taskTexts } from './tasks.ts'
import { watcherTexts } from './tickets.ts'

/** The texts of every kind of notification. A kind without text is shown in the app alone. */
export const notificationTexts: Partial<NotificationTexts<NotificationKind>> = {
  ...watcherTexts,
  ...taskTexts,
  ...approvalTexts,
  ...slaTexts,
  ...assetTexts,
}
