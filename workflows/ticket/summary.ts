import { cut } from '../../domain/cut.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import type { InboxItem } from './inbox.ts'

/** Characters: Temporal takes 400 bytes, and a character has up to three of them. */
const MOST = 130
/** Kept for a number, twice: of the same by the same, and of what does not fit. */
const REST = 12

/**
 * Who did what, for the timeline of the Temporal UI, as far as it fits; a signal has no summary of
 * its own.
 * @param batch what is decided together; who does the same several times is named once.
 */
export function summaryOf(batch: readonly InboxItem[]): string {
  const times = new Map<string, number>()
  for (const { name, command } of batch) {
    const done = cut(`${nameOf(command.actor)}: ${stepsOf(name, command)}`, MOST - 2 * REST)
    times.set(done, (times.get(done) ?? 0) + 1)
  }
  let summary = ''
  let left = batch.length
  for (const [done, count] of times) {
    const next = [summary, count > 1 ? `${done} (${count})` : done].filter(Boolean).join(', ')
    if (summary !== '' && next.length > MOST - REST) break
    summary = next
    left -= count
  }
  return left > 0 ? `${summary}, ${left} more` : summary
}

/** Of several commands in one, their names. */
const stepsOf = (name: CommandName, { payload }: Command): string =>
  'steps' in payload ? [...new Set(payload.steps.map((step) => step.name))].join(' + ') : name

const nameOf = (actor: Actor): string => actor.name || ('email' in actor ? actor.email : actor.kind)
