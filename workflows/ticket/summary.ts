import { cut } from '../../domain/cut.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import type { InboxItem } from './inbox.ts'

/** Characters: Temporal takes 400 bytes, and a character has up to three of them. */
const MOST = 130
const SHOWN = 3

/**
 * Who did what, for the timeline of the Temporal UI.
 * @param batch what is decided together.
 */
export function summaryOf(batch: readonly InboxItem[]): string {
  const shown = batch
    .slice(0, SHOWN)
    .map(({ name, command }) => `${nameOf(command.actor)}: ${stepsOf(name, command)}`)
  const more = batch.length > SHOWN ? [`${batch.length - SHOWN} more`] : []
  return cut([...shown, ...more].join(', '), MOST)
}

/** Of several commands in one, their names. */
const stepsOf = (name: CommandName, { payload }: Command): string =>
  'steps' in payload ? [...new Set(payload.steps.map((step) => step.name))].join(' + ') : name

const nameOf = (actor: Actor): string => actor.name || ('email' in actor ? actor.email : actor.kind)
