import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type { IdentifiedPost } from '../api/request-ids.ts'

/** A reply or note that went, and of which no answer says whether it arrived. */
export interface Unanswered extends IdentifiedPost {
  text: string
  /** When it went: milliseconds since 1970. */
  at: number
  /** The last event of its ticket's conversation at that time; null: that was not loaded. */
  after: number | null
}

/** Longer than page and server together take to give a request up. */
const SETTLED_MS = 120_000

/** Does it stand in the conversation? */
export function arrived(
  { after, text }: Unanswered,
  conversation: readonly (Message | Note)[],
  me: string | undefined,
): boolean {
  if (after === null) return false
  return conversation.some(
    (one) =>
      one.eventNo > after &&
      !isOnItsWay(one) &&
      one.author?.id === me &&
      (('textVisible' in one && one.textVisible) || one.text).trim() === text.trim(),
  )
}

/** From when on a conversation without it says that it never came. Milliseconds since 1970. */
export const settledAt = ({ at }: Unanswered): number => at + SETTLED_MS

/** @param number its ticket's: what was merged into it counts its own events. */
export const lastEventOf = (
  conversation: readonly (Message | Note)[] | undefined,
  number: number,
): number | null =>
  conversation
    ? Math.max(
        0,
        ...conversation
          .filter((one) => one.ticketNumber === number && !isOnItsWay(one))
          .map(({ eventNo }) => eventNo),
      )
    : null

/** Shown before the server has it (sending.ts). */
const isOnItsWay = ({ eventNo }: Message | Note): boolean => eventNo === Number.MAX_SAFE_INTEGER
