import { area } from '../http/area.ts'
import { runningClockRoutes } from './running-clock-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { taskTemplateRoutes } from './task-template-routes.ts'
import { templateUseRoutes } from './template-use-routes.ts'
import { timeEntryRoutes } from './time-entry-routes.ts'
import { timeListRoutes } from './time-list-routes.ts'

/** Work on tickets: tasks, their templates, and the time spent. */
export const tasks = area('Tasks', 'Work on tickets: tasks, their templates, and the time spent.', [
  taskRoutes,
  taskTemplateRoutes,
  templateUseRoutes,
  timeListRoutes,
  timeEntryRoutes,
  runningClockRoutes,
])
