import { area } from '../area.ts'
import { conversationCommands } from './commands.ts'
import { conversationEvents } from './events.ts'
import { conversationFold } from './fold.ts'
import { conversationPremises } from './premises.ts'
import { noConversationState, type ConversationState } from './state.ts'

/** Messages in and out, and notes. */
export const conversation = area({
  events: conversationEvents,
  fold: conversationFold,
  state: noConversationState,
  commands: conversationCommands,
  premises: conversationPremises,
})

type ConversationEvents = typeof conversationEvents
type ConversationCommands = typeof conversationCommands

declare module '../ticket.ts' {
  interface Ticket extends ConversationState {}
}
declare module '../events.ts' {
  interface EventSchemas extends ConversationEvents {}
}
declare module '../commands.ts' {
  interface Commands extends ConversationCommands {}
}
