/** Merged and split tickets, and what a parent tells its children: what can have happened. */
export const familyEvents = {} as const
