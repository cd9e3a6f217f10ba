const DAY = 24 * 60 * 60 * 1000

/** Milliseconds a solved ticket waits for an answer before it closes. */
export const CLOSE_SOLVED_AFTER_MS = 7 * DAY

/** How many days after closing an answer still reopens the ticket; later it opens a follow-up. */
export const REOPEN_DAYS = 14
