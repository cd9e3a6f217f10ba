import { query } from '../api/query.ts'

export const senderQuery = (department: string) => ({
  ...query('/departments/{id}/sender', { path: { id: department } }),
  enabled: department !== '',
})
