import { z } from 'zod'

const answerNotification = z.object({
  number: z.number().int(),
  /** The version that each led to; of those that are not named the log is asked. */
  commands: z.array(z.tuple([z.string(), z.number().int()])).default([]),
  /** Some had no space in it. */
  more: z.boolean().default(false),
  /** Refused, or without a change: told in command_outcome. */
  outcomes: z.array(z.string()).default([]),
  /** An agent was among those who did it. */
  byAgent: z.boolean().default(false),
})

/** What a notification says of commands that were carried out, and which were not. */
export type AnswerNotification = z.infer<typeof answerNotification>

/** @returns null where a notification says something else, or is none of ours. */
export function readAnswerNotification(payload: string): AnswerNotification | null {
  try {
    return answerNotification.parse(JSON.parse(payload))
  } catch {
    return null
  }
}
