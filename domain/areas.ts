import { approvals } from './approvals/area.ts'
import { assets } from './assets/area.ts'
import type { Commands } from './commands.ts'
import { conversation } from './conversation/area.ts'
import { commandRejected, type EventSchemas, type Fact } from './events.ts'
import { merging } from './merging/area.ts'
import type { Notification, TicketTransition } from './notifications.ts'
import type { Premise } from './premises.ts'
import { purchases } from './purchases/area.ts'
import { sla } from './sla/area.ts'
import { tasks } from './tasks/area.ts'
import type { Ticket } from './ticket.ts'
import { tickets } from './tickets/area.ts'
import type { PlannedTimer } from './timers.ts'

/** The one list of the areas of a ticket. Without its line here an area does not compile. */
export const areas = [
  tickets,
  conversation,
  tasks,
  approvals,
  purchases,
  assets,
  sla,
  merging,
] as const

type Areas = (typeof areas)[number]
type Merged<U> = (U extends unknown ? (_: U) => void : never) extends (_: infer I) => void
  ? I
  : never
const merged = <T extends object>(parts: readonly (T | undefined)[]): Merged<T> =>
  Object.assign({}, ...parts) as Merged<T>

/** The schema of every event's data, by type. */
export const eventSchemas: EventSchemas = {
  commandRejected,
  ...merged(areas.map(({ events }) => events)),
}

/** The one table of commands. */
export const commands: Commands = merged(areas.map(({ commands }) => commands))

/** What all areas hold of a ticket before its first event. */
export const noState = (): Omit<Ticket, 'number' | 'version' | 'lastCommandId' | 'updatedAt'> =>
  merged<ReturnType<NonNullable<Areas['state']>>>(areas.map(({ state }) => state?.()))

/**
 * Every timer that a ticket's state asks for. Pure: after a restart the same state asks for the
 * same timers.
 */
export const plannedTimers = (ticket: Ticket): PlannedTimer[] =>
  areas.flatMap(({ timers }) => timers?.(ticket) ?? [])

/**
 * Who is to be told of what. Nobody is told of what they did themselves: each area leaves out the
 * event's actor.
 */
export const notificationsOf = (change: TicketTransition): Notification[] =>
  areas.flatMap(({ notifications }) => notifications?.(change) ?? [])

/** What has to hold, outside the ticket, for a fact that people ask for. */
export const premisesOf = (fact: Fact): Premise[] =>
  areas.flatMap((area) => ('premises' in area ? (area.premises?.(fact) ?? []) : []))
