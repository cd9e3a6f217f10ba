/** Service levels, waiting for the requester, snooze: what people and Guichet may ask. */
export const serviceCommands = {} as const
