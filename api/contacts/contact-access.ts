import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import { visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { notFound } from '../http/problem.ts'

/**
 * Whether the user sees the person of contact `c`: through a ticket or an asset of theirs. Who has
 * never written is seen through their location; so the people who write to one department alone are
 * not known to the others. Written as joins, of which the database makes one hash for a list, or a
 * look-up for one person.
 */
export function seesContact(user: SignedInUser): Expression<SqlBool> {
  if (visibleDepartments(user) === null && visibleLocations(user) === null)
    return sql<boolean>`true`
  const eb = expressionBuilder<DB & { c: DB['contact'] }, 'c'>()
  const isTheirs = sql<boolean>`coalesce(x.same_as, x.email) = c.email`
  const tickets = eb
    .selectFrom('contact as x')
    .innerJoin('ticket as t', 't.requester_email', 'x.email')
    .select('t.number')
    .where(isTheirs)
  const assets = eb
    .selectFrom('contact as x')
    .innerJoin('asset as a', 'a.user_email', 'x.email')
    .select('a.id')
    .where(isTheirs)
    .where('a.removed_at', 'is', null)
  return eb.or([
    eb.exists(tickets.where(seesTicket(user))),
    eb.exists(assets.where(atVisibleLocation(user, 'a.location_id'))),
    eb.and([atVisibleLocation(user, 'c.location_id'), eb.not(eb.exists(tickets))]),
  ])
}

/**
 * The one door to a person, by any of their addresses.
 * @returns the address under which they are listed.
 * @throws ProblemError 404 when nobody has it, or nobody whom one sees.
 */
export async function authorisedContact(
  db: Database,
  user: SignedInUser,
  email: string,
): Promise<string> {
  const { known, authorised } = await contactAt(db, user, email)
  if (known === null || !authorised) throw notFound('such person')
  return known
}

/** The person who has an address, whether the user may see them or not; `known` is null for an address that nobody has. */
export async function contactAt(
  db: Database,
  user: SignedInUser,
  email: string,
): Promise<{ known: string | null; authorised: boolean }> {
  const row = await db
    .selectFrom('contact as c')
    .select(['c.email', sql<boolean>`${seesContact(user)}`.as('authorised')])
    .where('c.email', '=', (eb) =>
      eb
        .selectFrom('contact as x')
        .select((x) => x.fn.coalesce('x.same_as', 'x.email').as('email'))
        .where('x.email', '=', email),
    )
    .executeTakeFirst()
  return { known: row?.email ?? null, authorised: row?.authorised ?? false }
}
