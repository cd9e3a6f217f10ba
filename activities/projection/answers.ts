import { refusalTypes, type TicketEvent } from '../../domain/events.ts'
import { forgetUnsent } from '../../application/conversation/unsent-texts.ts'
import { writeOutcomesStatement } from './write-outcomes.statement.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'
import type { CommandOutcome } from '../../workflows/ticket/activities.ts'

/** Characters of a notification, which PostgreSQL takes 8,000 bytes of, for commands' ids. */
const MOST_CHARACTERS = 4_000

/**
 * What the notification says to those who wait for answers: the commands that were carried out,
 * each with the version that it led to. The line of a refused one is no such word: its outcome
 * says so.
 */
export function answersIn(events: readonly TicketEvent[]): {
  commands: [id: string, version: number][]
  more?: true
} {
  const done = events.filter(({ type }) => !refusalTypes.includes(type))
  const versions = new Map(done.map(({ commandId, no }) => [commandId, no]))
  const commands: [string, number][] = []
  let left = MOST_CHARACTERS
  for (const [id, version] of versions) {
    left -= id.length + 20
    if (left < 0) return { commands, more: true }
    commands.push([id, version])
  }
  return { commands }
}

/**
 * Refusals that nobody heard: a worker that was stopped for a while decides by a clock of before.
 * @param events written with them: a line among them has told of its refusal already.
 * @returns ids of the commands.
 */
export function unheardRefusals(
  outcomes: readonly CommandOutcome[],
  events: readonly TicketEvent[],
): string[] {
  const told = new Set(
    events.flatMap(({ type, commandId }) => (refusalTypes.includes(type) ? [commandId] : [])),
  )
  return outcomes.flatMap(({ commandId, code, answerBy }) =>
    code !== null && !told.has(commandId) && Date.now() > answerBy * 1000 ? [commandId] : [],
  )
}

/** @returns whether somebody still waits for what became of a command. */
export const isWaitedFor = (outcomes: readonly CommandOutcome[], commandId: string): boolean =>
  outcomes.some(
    (outcome) => outcome.commandId === commandId && Date.now() <= outcome.answerBy * 1000,
  )

/** @returns the message or note that was written down before its command was sent. */
const writtenDownFor = (commandId: string): string | undefined =>
  /^(?:reply|open|note)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(commandId)?.[1]

/**
 * Tells those who wait what became of commands that left no event, or were refused.
 * @param version that they were decided on.
 * @returns whether the ticket is still at it; if not, nothing is written.
 */
export async function writeOutcomes(
  db: Database,
  number: number,
  version: number,
  outcomes: readonly CommandOutcome[],
): Promise<boolean> {
  const ids: string[] = []
  let left = MOST_CHARACTERS
  for (const { commandId } of outcomes) if ((left -= commandId.length + 3) > 0) ids.push(commandId)
  const more = ids.length < outcomes.length
  const [written] = await runStatement(db, writeOutcomesStatement, [
    number,
    version,
    JSON.stringify(outcomes),
    JSON.stringify({ number, outcomes: ids, ...(more ? { more } : {}) }),
  ])
  // Nobody can send them again under these ids: an Idempotency-Key does not last so long.
  if (written && written.refused.length > 0)
    await forgetUnsent(
      db,
      written.refused.flatMap((id) => writtenDownFor(id) ?? []),
    )
  return written?.current === true
}
