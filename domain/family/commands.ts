/** Merged and split tickets, and what a parent tells its children: what people and Guichet may ask. */
export const familyCommands = {} as const
