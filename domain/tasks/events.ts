/** Tasks and the time recorded on them: what can have happened. */
export const taskEvents = {} as const
