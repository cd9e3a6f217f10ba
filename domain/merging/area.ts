import { area } from '../area.ts'
import { mergingCommands } from './commands.ts'
import { mergingEvents } from './events.ts'
import { mergingFold } from './fold.ts'
import { mergingNotifications } from './notifications.ts'
import { mergePremises } from './premises.ts'
import { noMergingState, type MergingState } from './state.ts'

/** Merged and split tickets. */
export const merging = area({
  events: mergingEvents,
  fold: mergingFold,
  state: noMergingState,
  commands: mergingCommands,
  notifications: mergingNotifications,
  premises: mergePremises,
  // What was refused has not been done.
  afterEvery: (_ticket, { type, actor: { kind } }) =>
    type !== 'commandRejected' && (kind === 'agent' || kind === 'operator')
      ? { handled: true }
      : {},
})

type MergingEvents = typeof mergingEvents
type MergingCommands = typeof mergingCommands

declare module '../ticket.ts' {
  interface Ticket extends MergingState {}
}
declare module '../events.ts' {
  interface EventSchemas extends MergingEvents {}
}
declare module '../commands.ts' {
  interface Commands extends MergingCommands {}
}
