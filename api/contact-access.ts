import type pg from 'pg'
import { visibleDepartments, visiblePlaces } from '../domain/permissions.ts'
import { notFound } from './problem.ts'
import type { SignedInUser } from './sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

/**
 * The tickets, assets and places that a person sees, as conditions on `t`, `a` and `c` with their
 * parameters in $1 and $2.
 */
export const SEES = {
  ticket:
    '($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ($2::uuid[] IS NULL OR t.place_id = ANY($2))',
  asset: 'a.removed_at IS NULL AND ($2::uuid[] IS NULL OR a.place_id = ANY($2))',
  place: '($2::uuid[] IS NULL OR c.place_id = ANY($2))',
} as const

/** The values of those parameters. */
export const seeing = (
  user: SignedInUser,
): [departments: readonly string[] | null, places: readonly string[] | null] => [
  visibleDepartments(user),
  visiblePlaces(user),
]

/** Tickets and assets of the person of `contact c`. */
export const OF_PERSON = {
  ticket: 't.requester_email = ANY(addresses_of(c.email))',
  asset: 'a.user_email = ANY(addresses_of(c.email))',
} as const

/**
 * On `contact c`: a person is seen through a ticket or an asset of theirs. Who has never written is
 * seen through their place; so the people who write to one department alone are not known to the
 * others. Written as joins, of which the database makes one hash for a list, or a look-up for one
 * person.
 */
export const SEEN_CONTACT = `(($1::uuid[] IS NULL AND $2::uuid[] IS NULL)
  OR EXISTS (SELECT 1 FROM contact x JOIN ticket t ON t.requester_email = x.email WHERE coalesce(x.same_as, x.email) = c.email AND ${SEES.ticket})
  OR EXISTS (SELECT 1 FROM contact x JOIN asset a ON a.user_email = x.email WHERE coalesce(x.same_as, x.email) = c.email AND ${SEES.asset})
  OR (${SEES.place} AND NOT EXISTS (SELECT 1 FROM contact x JOIN ticket t ON t.requester_email = x.email WHERE coalesce(x.same_as, x.email) = c.email)))`

/**
 * The one door to a person, by any of their addresses.
 * @returns the address under which they are listed.
 * @throws ProblemError 404 when nobody has it, or nobody whom one sees.
 */
export async function seenContact(db: Db, user: SignedInUser, email: string): Promise<string> {
  const { known, seen } = await contactAt(db, user, email)
  if (known === null || !seen) throw notFound('such person')
  return known
}

/** The person who has an address, seen or not; `known` is null for an address that nobody has. */
export async function contactAt(
  db: Db,
  user: SignedInUser,
  email: string,
): Promise<{ known: string | null; seen: boolean }> {
  const {
    rows: [row],
  } = await db.query<{ email: string; seen: boolean }>(
    `SELECT c.email, ${SEEN_CONTACT} AS seen FROM contact c WHERE c.email = (SELECT coalesce(x.same_as, x.email) FROM contact x WHERE x.email = $3)`,
    [...seeing(user), email],
  )
  return { known: row?.email ?? null, seen: row?.seen ?? false }
}
