import { list, query } from '../api/query.ts'

/** The stream tells nothing of settings: a new name arrives within minutes. */
const SETTINGS_AGE_MS = 5 * 60_000

export const categoriesQuery = () => ({ ...list('/categories'), staleTime: SETTINGS_AGE_MS })
export const fieldsQuery = () => ({ ...list('/custom-fields'), staleTime: SETTINGS_AGE_MS })
export const prioritiesQuery = () => ({ ...query('/priority-matrix'), staleTime: SETTINGS_AGE_MS })
export const statusNamesQuery = () => ({
  ...query('/status-names'),
  staleTime: SETTINGS_AGE_MS,
  refetchInterval: SETTINGS_AGE_MS,
})
export const resolutionsQuery = (enabled = true) => ({
  ...list('/resolutions'),
  staleTime: SETTINGS_AGE_MS,
  refetchInterval: SETTINGS_AGE_MS,
  enabled,
})
