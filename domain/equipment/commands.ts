/** Assets, documents, places and confirmations linked to a ticket: what people and Guichet may ask. */
export const equipmentCommands = {} as const
