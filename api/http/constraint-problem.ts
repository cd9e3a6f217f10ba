import type { ProblemError } from './problem.ts'

/**
 * The database has the last word on what is unique and what is still referred to; this gives its
 * refusal the words of the API.
 * @param refusals a problem for each constraint, by its name in the schema.
 */
export async function refusing<T>(
  work: Promise<T>,
  refusals: Record<string, () => ProblemError>,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { constraint } = error as { constraint?: string }
    const refusal = constraint === undefined ? undefined : refusals[constraint]
    throw refusal ? refusal() : error
  }
}
