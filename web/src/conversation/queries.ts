import { allPages, list, pages } from '../api/query.ts'

export const templatesQuery = () => ({ ...list('/templates'), staleTime: 5 * 60_000 })
export const messagesQuery = (number: number) =>
  allPages('/tickets/{number}/messages', { path: { number } })
export const notesQuery = (number: number) =>
  allPages('/tickets/{number}/notes', { path: { number } })
export const outboxQuery = () => pages('/outbox')
