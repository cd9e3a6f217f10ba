import type { Explanation } from '../../../domain/explanation.ts'

/** Kept in the local outbox, for want of a relay: nothing was sent. */
export const isKeptLocally = (detail: Explanation | null): boolean =>
  Array.isArray(detail) && detail[0]?.code === 'kept-in-local-outbox'
