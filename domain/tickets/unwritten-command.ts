import type { ProblemCode } from '../problem-codes.ts'

/** The code of a command that the database cannot take, whatever the attempt. */
export const UNWRITABLE = 'command-unwritable' satisfies ProblemCode

/** What an admin has done with it. */
export const unwrittenEnds = ['retried', 'dropped'] as const

/**
 * The id of an admin's attempt at a command that could not be written. Its first id is spent: the
 * refusal stands under it in the ticket's history.
 * @param id of the kept row.
 * @param attempt counted from 1.
 */
export const retryId = (id: string, attempt: number): string => `unwritten-${id}-${attempt}`

/** @returns the kept row that a command tries again, and the attempt; null for every other command. */
export function retriedRow(commandId: string): { id: string; attempt: number } | null {
  const [, id, attempt] = /^unwritten-([0-9a-f-]{36})-(\d{1,9})$/.exec(commandId) ?? []
  return id === undefined ? null : { id, attempt: Number(attempt) }
}
