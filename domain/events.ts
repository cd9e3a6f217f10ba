import { valuesOfRefusal } from './problem-codes.ts'
import { z } from 'zod'
import { asked } from './asked.ts'
import type { actor } from './vocabulary.ts'

/** A command that was refused where nobody would hear of it otherwise. It changes nothing. */
export const commandRejected = z.object({
  command: z.string(),
  code: z.string(),
  message: z.string(),
  values: valuesOfRefusal.optional(),
  /** What was asked, for people. */
  asked: z.array(asked).optional(),
})

/**
 * What can have happened to a ticket, by type. Every area adds its own in its area.ts. Events are
 * facts and are never rewritten: they hold names as they were at that time, so that a history can be
 * read years later.
 */
export interface EventSchemas {
  commandRejected: typeof commandRejected
}

export type EventType = keyof EventSchemas
export type EventData<T extends EventType> = z.infer<EventSchemas[T]>

/** Lines of what was not done: their data has the code and the sentence of the refusal. */
export const refusalTypes: readonly EventType[] = ['commandRejected', 'approvalVoteRefused']

/** What `decide` returns: the fact alone. The workflow adds number, time, actor and command. */
export type Fact = { [T in EventType]: { type: T; data: EventData<T> } }[EventType]

/** One line of a ticket's history. */
export type TicketEvent = Fact & {
  no: number
  /** ISO 8601, UTC: the workflow's clock. */
  at: string
  actor: z.infer<typeof actor>
  commandId: string
  ordinal: number
}

/** Names a fact; keeps `type` and `data` matched by the compiler. */
export const fact = <T extends EventType>(type: T, data: EventData<T>): Fact =>
  ({ type, data }) as Fact
