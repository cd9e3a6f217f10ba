import { sql } from 'kysely'
import type { SetupPurpose } from '../../domain/people/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { hashOfToken, newSecretToken } from '../access/secret-token.ts'

/** How long a link can be used, in hours. */
const validFor: Record<SetupPurpose, number> = {
  'first-admin': 72,
  invitation: 7 * 24,
  'password-reset': 24,
}

/**
 * Makes a single-use link. Earlier ones for the same person end with it.
 * @returns its address.
 */
export async function makeSetupLink(
  db: Database,
  purpose: SetupPurpose,
  userId: string | null,
  publicUrl: string,
): Promise<string> {
  const { token, hash } = newSecretToken()
  if (userId !== null)
    await db
      .updateTable('setup_link')
      .set({ used_at: sql<Date>`now()` })
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .execute()
  await db
    .insertInto('setup_link')
    .values({
      token_hash: hash,
      purpose,
      user_id: userId,
      expires_at: sql<Date>`now() + make_interval(hours => ${validFor[purpose]})`,
    })
    .execute()
  return `${publicUrl}/setup/${token}`
}

/** @returns what an unused link is for; undefined when it was used, has run out, or never was. */
export const openSetupLink = (db: Database, token: string) =>
  db
    .selectFrom('setup_link as l')
    .leftJoin('app_user as u', 'u.id', 'l.user_id')
    .select(['l.purpose', 'l.user_id as userId', 'u.email'])
    .where('l.token_hash', '=', hashOfToken(token))
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', sql<Date>`now()`)
    .where((eb) => eb.or([eb('l.user_id', 'is', null), eb('u.active', '=', true)]))
    .executeTakeFirst()

/**
 * Uses a link up. Of two at the same time one wins.
 * @returns whether this call did.
 */
export async function useSetupLink(db: Database, token: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('setup_link')
    .set({ used_at: sql<Date>`now()` })
    .where('token_hash', '=', hashOfToken(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
