import { type MergingSteps, missingStepOf, takeStep } from '../../application/merging/steps.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { JobInput } from '../../workflows/ticket/activities.ts'

/**
 * Has the other ticket take its step of a merge or split, if it has not. Whoever began it may be at
 * it too: a step that is taken gives no event.
 */
export async function takeSecondStep(
  steps: MergingSteps,
  { ticketNumber, eventNo }: JobInput,
): Promise<void> {
  const step = await missingStepOf(steps.db, ticketNumber, eventNo)
  if (!step) return
  try {
    await takeStep(steps, step)
  } catch (error) {
    // A refusal is an end: the first step is taken back.
    if (!(error instanceof CommandRejectedError)) throw error
  }
}
