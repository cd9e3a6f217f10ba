import { area } from '../area.ts'
import { purchaseCommands } from './commands.ts'
import { purchaseEvents } from './events.ts'
import { purchaseFold, purchasesAfterApproval } from './fold.ts'
import { purchaseNotifications } from './notifications.ts'
import { noPurchaseState, type PurchaseState } from './state.ts'

/** Purchases from the request to the delivery. */
export const purchases = area({
  events: purchaseEvents,
  fold: purchaseFold,
  state: noPurchaseState,
  commands: purchaseCommands,
  afterEvery: purchasesAfterApproval,
  notifications: purchaseNotifications,
})

type PurchaseEvents = typeof purchaseEvents
type PurchaseCommands = typeof purchaseCommands

declare module '../ticket.ts' {
  interface Ticket extends PurchaseState {}
}
declare module '../events.ts' {
  interface EventSchemas extends PurchaseEvents {}
}
declare module '../commands.ts' {
  interface Commands extends PurchaseCommands {}
}
