import { area } from '../area.ts'
import { ticketCommands } from './commands.ts'
import { ticketEvents } from './events.ts'
import { ticketFold } from './fold.ts'
import { watcherNotifications } from './notifications.ts'
import { propertyPremises } from './premises.ts'
import { noPropertyState, type PropertyState } from './state.ts'

/** The ticket itself, its properties, the people and tickets around it. */
export const tickets = area({
  events: ticketEvents,
  fold: ticketFold,
  state: noPropertyState,
  commands: ticketCommands,
  notifications: watcherNotifications,
  premises: propertyPremises,
})

type TicketEvents = typeof ticketEvents
type TicketCommands = typeof ticketCommands

declare module '../ticket.ts' {
  interface Ticket extends PropertyState {}
}
declare module '../events.ts' {
  interface EventSchemas extends TicketEvents {}
}
declare module '../commands.ts' {
  interface Commands extends TicketCommands {}
}
