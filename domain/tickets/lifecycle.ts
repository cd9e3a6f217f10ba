import type { Ticket } from '../ticket.ts'

const DAY = 24 * 60 * 60 * 1000

/** Milliseconds a solved ticket waits for an answer before it closes. */
const CLOSE_SOLVED_AFTER_MS = 7 * DAY
/**
 * @param solvedAt ISO time.
 * @returns when a solved ticket that nobody answers to is closed.
 */
export const closingTime = (solvedAt: string): Date =>
  new Date(Date.parse(solvedAt) + CLOSE_SOLVED_AFTER_MS)

/** How many days after closing an answer still reopens the ticket; later it opens a follow-up. */
export const REOPEN_DAYS = 14

/** Whether nothing happens to the ticket by itself any more, as far as it knows: no workflow is needed. */
export const isAtRest = ({ opened, status, pending }: Ticket): boolean =>
  !opened || (status === 'closed' && pending.length === 0)
