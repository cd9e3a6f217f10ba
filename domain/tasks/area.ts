import { area } from '../area.ts'
import { taskCommands } from './commands.ts'
import { taskEvents } from './events.ts'
import { taskFold } from './fold.ts'
import { taskNotifications } from './notifications.ts'
import { taskPremises } from './premises.ts'
import { noTaskState, type TaskState } from './state.ts'
import { taskTimers } from './timers.ts'

/** Tasks and the time recorded on them. */
export const tasks = area({
  events: taskEvents,
  fold: taskFold,
  state: noTaskState,
  commands: taskCommands,
  timers: taskTimers,
  notifications: taskNotifications,
  premises: taskPremises,
})

type TaskEvents = typeof taskEvents
type TaskCommands = typeof taskCommands

declare module '../ticket.ts' {
  interface Ticket extends TaskState {}
}
declare module '../events.ts' {
  interface EventSchemas extends TaskEvents {}
}
declare module '../commands.ts' {
  interface Commands extends TaskCommands {}
}
