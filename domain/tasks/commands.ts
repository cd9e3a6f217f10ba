import { taskOnlyCommands } from './task-commands.ts'
import { timeCommands } from './time-commands.ts'

/** Tasks and the time recorded on them: what people and Guichet may ask. */
export const taskCommands = { ...taskOnlyCommands, ...timeCommands } as const
