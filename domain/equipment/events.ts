/** Assets, documents, places and confirmations linked to a ticket: what can have happened. */
export const equipmentEvents = {} as const
