import { blockedByApproval } from '../approvals/blocking.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded } from '../vocabulary.ts'
import type { PauseReason, SlaPause } from './state.ts'

/**
 * What stops SLA time, first that holds wins. Whatever else lets a ticket wait for somebody
 * outside the desk adds its line here and needs nothing more.
 */
export const pausing: { why: PauseReason; holds: (ticket: Ticket) => boolean }[] = [
  { why: 'ended', holds: (ticket) => isEnded(ticket.status) },
  { why: 'requester', holds: (ticket) => ticket.status === 'waiting' },
  { why: 'approval', holds: (ticket) => blockedByApproval(ticket) !== null },
]

/**
 * @returns the pauses after an event at `at` (ISO time): the last is ended or a new one begun when
 *   the reason has changed.
 */
export function pausesAfter(ticket: Ticket, at: string): SlaPause[] {
  const why = pausing.find(({ holds }) => holds(ticket))?.why ?? null
  const last = ticket.slaPauses.at(-1)
  const running = last?.to === null ? last : null
  if ((running?.why ?? null) === why) return ticket.slaPauses
  // One that ends as it begins was none, and one that begins again as it ended goes on: as when a
  // merge is undone at once.
  const ended = running
    ? [...ticket.slaPauses.slice(0, -1), ...(running.from === at ? [] : [{ ...running, to: at }])]
    : ticket.slaPauses
  if (why === null) return ended
  const before = ended.at(-1)
  return before?.to === at && before.why === why
    ? [...ended.slice(0, -1), { ...before, to: null }]
    : [...ended, { from: at, to: null, why }]
}
