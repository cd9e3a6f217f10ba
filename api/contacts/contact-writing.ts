import type pg from 'pg'
import type { z } from 'zod'
import type { contactChange } from '../../domain/contacts/contract.ts'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { contactAt } from './contact-access.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

/**
 * Writes what a change says of a person, known or not. Their location is that of all their addresses,
 * because mail is routed by address.
 * @throws ProblemError 422
 */
export async function writeContact(
  client: Db,
  user: SignedInUser,
  email: string,
  { name, locationId, notes }: z.infer<typeof contactChange>,
): Promise<void> {
  await client.query(knownContact('SELECT $1, $2'), [email, name ?? ''])
  const {
    rows: [before],
  } = await client.query<{ location_id: string | null }>(
    'SELECT location_id FROM contact WHERE email = $1 FOR UPDATE',
    [email],
  )
  // Who is at a location that one does not see cannot be taken away from there.
  if (locationId !== undefined && before?.location_id)
    await authorisedLocation(databaseOn(client), user, before.location_id, '/locationId')
  await client.query(
    'UPDATE contact SET name = coalesce($2, name), updated_at = now() WHERE email = $1',
    [email, name ?? null],
  )
  if (locationId !== undefined)
    await client.query(
      'UPDATE contact SET location_id = $2, updated_at = now() WHERE email = $1 OR same_as = $1',
      [email, locationId],
    )
  if (notes !== undefined)
    await client.query(
      'UPDATE contact SET notes = $2, noted_by = $3, noted_at = now() WHERE email = $1 AND notes <> $2',
      [email, notes, user.name],
    )
}

/**
 * Makes an address one of a person's. Somebody listed under it until now is then the same person:
 * their notes go along.
 * @throws ProblemError 409 when it is another one's further address, 422 when it is somebody's whom
 *   one does not see.
 */
export async function addAddress(
  client: Db,
  user: SignedInUser,
  email: string,
  address: string,
): Promise<void> {
  await client.query('SELECT 1 FROM contact WHERE email = ANY($1) ORDER BY email FOR UPDATE', [
    [email, address],
  ])
  const { known, authorised } = await contactAt(client, user, address)
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
  await client.query(knownContact(`SELECT $1, ''`), [address])
  await client.query(
    `UPDATE contact p SET name = coalesce(nullif(p.name, ''), o.name), location_id = coalesce(p.location_id, o.location_id), notes = concat_ws(E'\\n\\n', nullif(p.notes, ''), nullif(o.notes, '')), updated_at = now(),
       noted_by = CASE WHEN o.notes <> '' THEN o.noted_by ELSE p.noted_by END, noted_at = CASE WHEN o.notes <> '' THEN o.noted_at ELSE p.noted_at END
     FROM contact o WHERE p.email = $1 AND o.email = $2`,
    [email, address],
  )
  await client.query(
    `UPDATE contact c SET same_as = $1, location_id = p.location_id, notes = '', noted_by = '', noted_at = NULL, updated_at = now() FROM contact p WHERE p.email = $1 AND (c.email = $2 OR c.same_as = $2)`,
    [email, address],
  )
}

/**
 * The address is somebody of its own again, at the same location.
 * @throws ProblemError 404
 */
export async function removeAddress(db: Db, email: string, address: string): Promise<void> {
  const { rowCount } = await db.query(
    'UPDATE contact SET same_as = NULL, updated_at = now() WHERE email = $1 AND same_as = $2',
    [address, email],
  )
  if (!rowCount) throw notFound('such address')
}
