import type { z } from 'zod'
import type { ticketEvent } from '../../domain/tickets/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { seesTicket } from '../access/visible-tickets.ts'

type EventLine = z.infer<typeof ticketEvent>

/** Of a line of the history. */
export const eventColumns = [
  'no',
  'type',
  'at',
  'actor',
  'command_id as commandId',
  'ordinal',
  'data',
] as const

/** Events that name another ticket with its subject, and where they have its number. */
const naming: Partial<Record<EventLine['type'], string>> = {
  ticketLinked: 'number',
  threadFound: 'number',
  ticketMerged: 'into',
  messagesSplitOff: 'into',
}

/** Which of these tickets the person sees. */
export async function authorisedNumbers(
  db: Database,
  user: SignedInUser,
  numbers: readonly number[],
): Promise<Set<number>> {
  if (numbers.length === 0) return new Set()
  const rows = await db
    .selectFrom('ticket as t')
    .select('t.number')
    .where('t.number', '=', anyOf(numbers, 'integer'))
    .where(seesTicket(user))
    .execute()
  return new Set(rows.map((row) => row.number))
}

/**
 * The history as the person may read it: of a ticket that they do not see it does not say what it
 * is about.
 */
export async function readableEvents(
  db: Database,
  user: SignedInUser,
  events: readonly EventLine[],
): Promise<EventLine[]> {
  const named = (event: EventLine): number | null => {
    const number = event.data[naming[event.type] ?? '']
    return typeof number === 'number' ? number : null
  }
  const authorised = await authorisedNumbers(
    db,
    user,
    events.flatMap((event) => named(event) ?? []),
  )
  return events.map((event) => {
    const number = named(event)
    return number === null || authorised.has(number)
      ? event
      : { ...event, data: { ...event.data, subject: '' } }
  })
}
