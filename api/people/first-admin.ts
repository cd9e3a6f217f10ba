import type pg from 'pg'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import { advisoryLocks } from '../../platform/postgres/advisory-locks.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { hashPassword } from '../access/passwords.ts'
import { makeSetupLink } from './setup-links.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

export interface FirstAdmin {
  email: string
  name: string
  password: string
}

/** @param email `anna@example.com` or `Anna Weber <anna@example.com>`. */
export function firstAdminOf(email: string, password: string): FirstAdmin {
  const { address, name } = writtenAddress(email)
  return { email: address, name: name || address.split('@')[0] || address, password }
}

/**
 * Makes sure that somebody can sign in: the given first admin when there is no admin yet.
 * @param admin null when none was given.
 * @returns a set-up link when there is still nobody, otherwise null.
 */
export async function ensureFirstAdmin(
  pool: pg.Pool,
  admin: FirstAdmin | null,
  publicUrl: string,
): Promise<string | null> {
  return inTransaction(pool, async (client) => {
    if (admin) {
      await createFirstAdmin(client, admin)
      return null
    }
    await lockAdmins(client)
    return (await hasAdmin(client)) ? null : makeSetupLink(client, 'first-admin', null, publicUrl)
  })
}

/**
 * Call it inside a transaction.
 * @returns the new admin's id; null when there is an admin already.
 */
export async function createFirstAdmin(
  client: pg.PoolClient,
  { email, name, password }: FirstAdmin,
): Promise<string | null> {
  await lockAdmins(client)
  if (await hasAdmin(client)) return null
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO app_user (id, email, name, password_hash, role) VALUES ($1, $2, $3, $4, 'admin')
     ON CONFLICT (email) DO UPDATE SET role = 'admin', active = true, password_hash = EXCLUDED.password_hash RETURNING id`,
    [timeOrderedId(), email, name, await hashPassword(password)],
  )
  await client.query(
    `UPDATE setup_link SET used_at = now() WHERE purpose = 'first-admin' AND used_at IS NULL`,
  )
  return rows[0]?.id ?? null
}

/**
 * From here to the end of the transaction nobody else makes or unmakes an admin: two API processes
 * may start at once, two people may hold a set-up link, two admins may demote each other. Call it
 * before any row is written, or two of these wait for each other.
 */
export const lockAdmins = (client: pg.PoolClient): Promise<unknown> =>
  client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.admins])

/** @returns whether somebody active is an admin. */
export async function hasAdmin(client: pg.PoolClient): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM app_user WHERE role = 'admin' AND active LIMIT 1`,
  )
  return rowCount === 1
}
