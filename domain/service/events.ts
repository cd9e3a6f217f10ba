/** Service levels, waiting for the requester, snooze: what can have happened. */
export const serviceEvents = {} as const
