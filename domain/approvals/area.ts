import { area } from '../area.ts'
import { approvalCommands } from './commands.ts'
import { approvalEvents } from './events.ts'
import { approvalFold } from './fold.ts'
import { approvalNotifications } from './notifications.ts'
import { approverPremises } from './premises.ts'
import { noApprovalState, type ApprovalState } from './state.ts'
import { approvalTimers } from './timers.ts'

/** Approvals that a ticket waits for. */
export const approvals = area({
  events: approvalEvents,
  fold: approvalFold,
  state: noApprovalState,
  commands: approvalCommands,
  timers: approvalTimers,
  notifications: approvalNotifications,
  premises: approverPremises,
})

type ApprovalEvents = typeof approvalEvents
type ApprovalCommands = typeof approvalCommands

declare module '../ticket.ts' {
  interface Ticket extends ApprovalState {}
}
declare module '../events.ts' {
  interface EventSchemas extends ApprovalEvents {}
}
declare module '../commands.ts' {
  interface Commands extends ApprovalCommands {}
}
