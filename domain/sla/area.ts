import { area } from '../area.ts'
import { applySla } from './apply.ts'
import { slaCommands } from './commands.ts'
import { slaEvents } from './events.ts'
import { slaFold } from './fold.ts'
import { slaNotifications } from './notifications.ts'
import { noSlaState, type SlaState } from './state.ts'
import { slaTimers } from './timers.ts'

/** Service levels, waiting for the requester, snooze. */
export const sla = area({
  events: slaEvents,
  fold: slaFold,
  state: noSlaState,
  commands: slaCommands,
  afterEvery: applySla,
  timers: slaTimers,
  notifications: slaNotifications,
})

type SlaEvents = typeof slaEvents
type SlaCommands = typeof slaCommands

declare module '../ticket.ts' {
  interface Ticket extends SlaState {}
}
declare module '../events.ts' {
  interface EventSchemas extends SlaEvents {}
}
declare module '../commands.ts' {
  interface Commands extends SlaCommands {}
}
