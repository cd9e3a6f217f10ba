/** Tasks and the time recorded on them: what people and Guichet may ask. */
export const taskCommands = {} as const
