import type pg from 'pg'
import type { z } from 'zod'
import type { ticketEvent } from '../../domain/tickets/contract.ts'
import { visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import type { SignedInUser } from '../access/sessions.ts'

type EventLine = z.infer<typeof ticketEvent>

/** Events that name another ticket with its subject, and where they have its number. */
const naming: Partial<Record<EventLine['type'], string>> = {
  ticketLinked: 'number',
  ticketMerged: 'into',
  messagesSplitOff: 'into',
}

/** Which of these tickets the person sees. */
export async function authorisedNumbers(
  db: Pick<pg.Pool, 'query'>,
  user: SignedInUser,
  numbers: readonly number[],
): Promise<Set<number>> {
  if (numbers.length === 0) return new Set()
  const { rows } = await db.query<{ number: number }>(
    'SELECT number FROM ticket WHERE number = ANY($1::int[]) AND ($2::uuid[] IS NULL OR department_id = ANY($2)) AND ($3::uuid[] IS NULL OR location_id = ANY($3))',
    [numbers, visibleDepartments(user), visibleLocations(user)],
  )
  return new Set(rows.map((row) => row.number))
}

/**
 * The history as the person may read it: of a ticket that they do not see it does not say what it
 * is about.
 */
export async function readableEvents(
  db: Pick<pg.Pool, 'query'>,
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
