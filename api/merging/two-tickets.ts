import { intoClosed, intoMerged } from '../../domain/merging/merge-commands.ts'
import type { MergingState } from '../../domain/merging/state.ts'
import { secondStepId } from '../../domain/merging/second-step.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { refusedBy } from '../http/problem.ts'
import type { AuthorisedTicket } from '../access/ticket-access.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { Workflows } from '../temporal/workflows.ts'

type Merging = Pick<MergingState, 'mergedInto' | 'splitFrom'>

/**
 * The other ticket takes it in: its own workflow is told so by the first one's.
 * @throws CommandRejectedError once the merge is taken back.
 */
export async function mergeAccepted(
  workflows: Workflows,
  mergeId: string,
  number: number,
  into: number,
): Promise<void> {
  try {
    await workflows.answerTo(into, secondStepId('acceptMerge', mergeId))
  } catch (error) {
    if (error instanceof CommandRejectedError)
      await workflows.answerTo(number, secondStepId('undoMerge', mergeId)).catch(() => undefined)
    throw error
  }
}

/** @returns what the ticket was merged into, and split from. */
export async function mergingOf(db: Database, number: number): Promise<Merging> {
  const row = await db
    .selectFrom('ticket')
    .select((eb) => [
      eb.ref('state', '->').key('mergedInto').as('mergedInto'),
      eb.ref('state', '->').key('splitFrom').as('splitFrom'),
    ])
    .where('number', '=', number)
    .executeTakeFirst()
  return { mergedInto: row?.mergedInto ?? null, splitFrom: row?.splitFrom ?? null }
}

/**
 * Looked at before the first step, so that a merge that must be refused leaves no trace. The
 * other ticket's workflow looks again.
 * @throws ProblemError 409
 */
export async function refuseUnlessOpen(
  db: Database,
  { number, status }: AuthorisedTicket,
): Promise<void> {
  const { mergedInto } = await mergingOf(db, number)
  const refusal = mergedInto
    ? intoMerged(number, mergedInto.number)
    : status === 'closed'
      ? intoClosed(number)
      : null
  if (refusal) throw refusedBy(refusal, 409)
}
