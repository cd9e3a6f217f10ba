import { list, query } from '../api/query.ts'

const SETTINGS_AGE_MS = 5 * 60_000

export const slaQuery = (number: number) => query('/tickets/{number}/sla', { path: { number } })
export const calendarsQuery = () => ({ ...list('/calendars'), staleTime: SETTINGS_AGE_MS })
export const levelsQuery = () => ({ ...list('/service-levels'), staleTime: SETTINGS_AGE_MS })
export const departmentWaitingQuery = (department: string) =>
  query('/departments/{id}/waiting', { path: { id: department } })
