import { area } from '../http/area.ts'
import { reportRoutes } from './report-routes.ts'

/** What happened, in numbers. */
export const reports = area('Reports', 'What happened, in numbers.', [reportRoutes])
