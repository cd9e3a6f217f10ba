import { sql } from 'kysely'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { hashPassword } from '../access/passwords.ts'
import { makeSetupLink } from './setup-links.ts'

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
  db: Database,
  admin: FirstAdmin | null,
  publicUrl: string,
): Promise<string | null> {
  return db.transaction().execute(async (transaction) => {
    if (admin) {
      await createFirstAdmin(transaction, admin)
      return null
    }
    await takeLock(transaction, 'admins')
    return (await hasAdmin(transaction))
      ? null
      : makeSetupLink(transaction, 'first-admin', null, publicUrl)
  })
}

/** @returns the new admin's id; null when there is an admin already. */
export async function createFirstAdmin(
  transaction: Database,
  { email, name, password }: FirstAdmin,
): Promise<string | null> {
  await takeLock(transaction, 'admins')
  if (await hasAdmin(transaction)) return null
  const { id } = await transaction
    .insertInto('app_user')
    .values({
      id: timeOrderedId(),
      email,
      name,
      password_hash: await hashPassword(password),
      role: 'admin',
    })
    .onConflict((conflict) =>
      conflict.column('email').doUpdateSet((eb) => ({
        role: 'admin',
        active: true,
        password_hash: eb.ref('excluded.password_hash'),
      })),
    )
    .returning('id')
    .executeTakeFirstOrThrow()
  await transaction
    .updateTable('setup_link')
    .set({ used_at: sql<Date>`now()` })
    .where('purpose', '=', 'first-admin')
    .where('used_at', 'is', null)
    .execute()
  return id
}

/** @returns whether somebody active is an admin. */
export async function hasAdmin(db: Database): Promise<boolean> {
  const admin = await db
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'admin')
    .where('active', '=', true)
    .limit(1)
    .executeTakeFirst()
  return admin !== undefined
}
