import type { z } from 'zod'
import type { actor } from './vocabulary.ts'

/**
 * Every command by name. Each is registered by the ticket workflow, is what the API sends, and is
 * decided by its own `decide`. An area adds its commands in its area.ts; to add one, add a row in
 * its area's commands.ts.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the areas
export interface Commands {}

export type CommandName = keyof Commands
export type CommandPayload<N extends CommandName> = z.infer<Commands[N]['payload']>

/** A command on its way: the same `id` twice changes nothing. */
export interface Command<N extends CommandName = CommandName> {
  id: string
  actor: z.infer<typeof actor>
  payload: CommandPayload<N>
  /**
   * Decided only while the ticket is at this version: somebody looked at it, and means what they
   * saw.
   */
  expectedVersion?: number | undefined
  /**
   * Seconds since 1970 until which somebody waits for the answer. Where nobody does, a refusal is a line of
   * the history, and whoever sent the command is told of it.
   */
  answerBy?: number | undefined
}
