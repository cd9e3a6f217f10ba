/**
 * How often a ticket that is late is told so. One that is late all the same has its reasons: a mail
 * server is away, a rule says no to what a timer wants.
 */
export const MOST_WAKINGS = 6
