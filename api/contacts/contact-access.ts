import type pg from 'pg'
import { visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { notFound } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

/**
 * The tickets, assets and locations that a person sees, as conditions on `t`, `a` and `c` with their
 * parameters in $1 and $2.
 */
export const AUTHORISED = {
  ticket:
    '($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ($2::uuid[] IS NULL OR t.location_id = ANY($2))',
  asset: 'a.removed_at IS NULL AND ($2::uuid[] IS NULL OR a.location_id = ANY($2))',
  location: '($2::uuid[] IS NULL OR c.location_id = ANY($2))',
} as const

/** The values of those parameters. */
export const authorisedValues = (
  user: SignedInUser,
): [departments: readonly string[] | null, locations: readonly string[] | null] => [
  visibleDepartments(user),
  visibleLocations(user),
]

/** Tickets and assets of the person of `contact c`. */
export const OF_PERSON = {
  ticket: 't.requester_email = ANY(addresses_of(c.email))',
  asset: 'a.user_email = ANY(addresses_of(c.email))',
} as const

/**
 * On `contact c`: a person is authorised through a ticket or an asset of theirs. Who has never written is
 * authorised through their location; so the people who write to one department alone are not known to the
 * others. Written as joins, of which the database makes one hash for a list, or a look-up for one
 * person.
 */
export const AUTHORISED_CONTACT = `(($1::uuid[] IS NULL AND $2::uuid[] IS NULL)
  OR EXISTS (SELECT 1 FROM contact x JOIN ticket t ON t.requester_email = x.email WHERE coalesce(x.same_as, x.email) = c.email AND ${AUTHORISED.ticket})
  OR EXISTS (SELECT 1 FROM contact x JOIN asset a ON a.user_email = x.email WHERE coalesce(x.same_as, x.email) = c.email AND ${AUTHORISED.asset})
  OR (${AUTHORISED.location} AND NOT EXISTS (SELECT 1 FROM contact x JOIN ticket t ON t.requester_email = x.email WHERE coalesce(x.same_as, x.email) = c.email)))`

/**
 * The one door to a person, by any of their addresses.
 * @returns the address under which they are listed.
 * @throws ProblemError 404 when nobody has it, or nobody whom one sees.
 */
export async function authorisedContact(
  db: Db,
  user: SignedInUser,
  email: string,
): Promise<string> {
  const { known, authorised } = await contactAt(db, user, email)
  if (known === null || !authorised) throw notFound('such person')
  return known
}

/** The person who has an address, whether the user may see them or not; `known` is null for an address that nobody has. */
export async function contactAt(
  db: Db,
  user: SignedInUser,
  email: string,
): Promise<{ known: string | null; authorised: boolean }> {
  const {
    rows: [row],
  } = await db.query<{ email: string; authorised: boolean }>(
    `SELECT c.email, ${AUTHORISED_CONTACT} AS authorised FROM contact c WHERE c.email = (SELECT coalesce(x.same_as, x.email) FROM contact x WHERE x.email = $3)`,
    [...authorisedValues(user), email],
  )
  return { known: row?.email ?? null, authorised: row?.authorised ?? false }
}
