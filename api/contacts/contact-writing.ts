import { sql } from 'kysely'
import type { z } from 'zod'
import type { contactChange } from '../../domain/contacts/contract.ts'
import { knowContacts } from '../../application/contacts/known-contact.ts'
import { contactAt } from './contact-access.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

/**
 * Writes what a change says of a person, known or not. Their location is that of all their addresses,
 * because mail is routed by address.
 * @throws ProblemError 422
 */
export async function writeContact(
  db: Database,
  user: SignedInUser,
  email: string,
  { name, locationId, notes }: z.infer<typeof contactChange>,
): Promise<void> {
  await knowContacts(db, [{ email, name: name ?? '' }])
  const before = await db
    .selectFrom('contact')
    .select('location_id')
    .where('email', '=', email)
    .forUpdate()
    .executeTakeFirst()
  // Who is at a location that one does not see cannot be taken away from there.
  if (locationId !== undefined && before?.location_id)
    await authorisedLocation(db, user, before.location_id, '/locationId')
  const updated_at = sql<Date>`now()`
  await db.updateTable('contact').set({ name, updated_at }).where('email', '=', email).execute()
  if (locationId !== undefined)
    await db
      .updateTable('contact')
      .set({ location_id: locationId, updated_at })
      .where((eb) => eb.or({ email, same_as: email }))
      .execute()
  if (notes !== undefined)
    await db
      .updateTable('contact')
      .set({ notes, noted_by: user.name, noted_at: updated_at })
      .where('email', '=', email)
      .where('notes', '<>', notes)
      .execute()
}

/**
 * Makes an address one of a person's. Somebody listed under it until now is then the same person:
 * their notes go along.
 * @throws ProblemError 409 when it is another one's further address, 422 when it is somebody's whom
 *   one does not see.
 */
export async function addAddress(
  db: Database,
  user: SignedInUser,
  email: string,
  address: string,
): Promise<void> {
  await db
    .selectFrom('contact')
    .select('email')
    .where('email', '=', anyOf([email, address], 'text'))
    .orderBy('email')
    .forUpdate()
    .execute()
  const { known, authorised } = await contactAt(db, user, address)
  if (known === email) {
    if (address === email)
      throw unprocessable(
        'address-own',
        'The person is listed under this address already.',
        '/address',
      )
    return
  }
  if (known !== null && !authorised)
    throw unprocessable(
      'address-elsewhere',
      'This address belongs to somebody at a location or department that you do not work for. Ask an admin.',
      '/address',
    )
  if (known !== null && known !== address)
    throw conflict(
      'address-of-another',
      `This address belongs to ${known}. Take it from them first.`,
    )
  await knowContacts(db, [{ email: address, name: '' }])
  const updated_at = sql<Date>`now()`
  await db
    .updateTable('contact as p')
    .from('contact as o')
    .set((eb) => {
      const hasNotes = eb.case().when('o.notes', '<>', '')
      return {
        name: sql<string>`coalesce(nullif(p.name, ''), o.name)`,
        location_id: eb.fn.coalesce('p.location_id', 'o.location_id'),
        notes: sql<string>`concat_ws(E'\\n\\n', nullif(p.notes, ''), nullif(o.notes, ''))`,
        noted_by: hasNotes.then(eb.ref('o.noted_by')).else(eb.ref('p.noted_by')).end(),
        noted_at: hasNotes.then(eb.ref('o.noted_at')).else(eb.ref('p.noted_at')).end(),
        updated_at,
      }
    })
    .where('p.email', '=', email)
    .where('o.email', '=', address)
    .execute()
  await db
    .updateTable('contact as c')
    .from('contact as p')
    .set((eb) => ({
      same_as: email,
      location_id: eb.ref('p.location_id'),
      notes: '',
      noted_by: '',
      noted_at: null,
      updated_at,
    }))
    .where('p.email', '=', email)
    .where((eb) => eb.or([eb('c.email', '=', address), eb('c.same_as', '=', address)]))
    .execute()
}

/**
 * The address is somebody of its own again, at the same location.
 * @throws ProblemError 404
 */
export async function removeAddress(db: Database, email: string, address: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('contact')
    .set({ same_as: null, updated_at: sql`now()` })
    .where('email', '=', address)
    .where('same_as', '=', email)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw notFound('such address')
}
