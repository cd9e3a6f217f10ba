import type { Notification, TicketTransition } from '../notifications.ts'

export const mergingNotifications = (_change: TicketTransition): Notification[] => []
