import { z } from 'zod'
import { notificationLevels, notificationKinds } from '../notifications.ts'
import { cursorQuery, isoTime, ticketNumber } from '../contract.ts'

/** Something that one was told about. */
export const notification = z
  .object({
    id: z.uuid(),
    kind: z.enum(notificationKinds),
    ticketNumber: z.number().int(),
    ticketSubject: z.string(),
    data: z.record(z.string(), z.unknown()),
    createdAt: isoTime,
    readAt: isoTime.nullable(),
  })
  .meta({ id: 'Notification' })
export type NotificationItem = z.infer<typeof notification>

export const notificationQuery = cursorQuery.extend({ unread: z.stringbool().optional() })
export const notificationCount = z
  .object({ unread: z.number().int() })
  .meta({ id: 'NotificationCount' })
/** Without ids: everything. */
export const notificationsRead = z
  .object({ ids: z.array(z.uuid()).max(500).optional(), ticketNumber: ticketNumber.optional() })
  .meta({ id: 'NotificationsRead' })

/** What one chose to be notified of on a ticket that one owns or watches; null: as chosen for all tickets. */
export const ticketNotificationLevel = z
  .object({ level: z.enum(notificationLevels).nullable() })
  .meta({ id: 'TicketNotificationLevel' })
export type TicketNotificationLevel = z.infer<typeof ticketNotificationLevel>
