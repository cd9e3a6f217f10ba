import type { ProblemCode } from './problem-codes.ts'

/** What whoever asked for a change knows of it by the error: nothing was changed, or it may be done. */
export type Outcome = 'unchanged' | 'unknown'

/** The one table of errors that do not say it by their status alone. */
const byCode: Partial<Record<ProblemCode, Outcome>> = {
  'database-unreachable': 'unchanged',
  'database-not-writable': 'unchanged',
  'database-outdated': 'unchanged',
  'too-busy': 'unchanged',
  'request-under-way': 'unknown',
  // An earlier attempt did it, or began to.
  'done-already': 'unknown',
}

/**
 * @param status HTTP; 0 when no answer came.
 * @param code of the problem; one that is not ours, such as a proxy's, tells nothing.
 */
export const outcomeOf = (status: number, code: string): Outcome =>
  byCode[code as ProblemCode] ?? (status === 0 || status >= 500 ? 'unknown' : 'unchanged')
