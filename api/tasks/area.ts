import { area } from '../http/area.ts'
import { runningClockRoutes } from './running-clock-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { taskTemplateRoutes } from './task-template-routes.ts'
import { timeRoutes } from './time-entry-routes.ts'

/** Work on tickets: tasks, their templates, and the time spent. */
export const tasks = area('Tasks', 'Work on tickets: tasks, their templates, and the time spent.', [
  taskRoutes,
  taskTemplateRoutes,
  timeRoutes,
  runningClockRoutes,
])
