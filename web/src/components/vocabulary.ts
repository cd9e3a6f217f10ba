import type { LinkKind, Priority, Role, TicketStatus } from '../../../domain/vocabulary.ts'

/**
 * The domain's words as lists, in the order they are offered. The domain's own lists are zod
 * schemas, and the page does not load a validator to show five words; the compiler keeps these
 * complete and free of others.
 */
export const all = <T extends string>(words: Record<T, true>): readonly T[] =>
  Object.keys(words) as T[]

export const statuses = all<TicketStatus>({
  new: true,
  open: true,
  waiting: true,
  solved: true,
  closed: true,
})
export const priorities = all<Priority>({ low: true, normal: true, high: true, urgent: true })
export const linkKinds = all<LinkKind>({
  relates: true,
  duplicateOf: true,
  childOf: true,
  blocks: true,
  followUpOf: true,
  suspectedReplyTo: true,
})
export const roles = all<Role>({ admin: true, agent: true, approver: true })

export const hasEnded = (status: TicketStatus): boolean =>
  status === 'solved' || status === 'closed'
