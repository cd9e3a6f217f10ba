import type pg from 'pg'
import { hashOfToken, newSecretToken } from '../access/secret-token.ts'

type Db = Pick<pg.ClientBase, 'query'>

export type SetupPurpose = 'first-admin' | 'invitation' | 'password-reset'

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
  db: Db,
  purpose: SetupPurpose,
  userId: string | null,
  publicUrl: string,
): Promise<string> {
  const { token, hash } = newSecretToken()
  if (userId !== null)
    await db.query('UPDATE setup_link SET used_at = now() WHERE user_id = $1 AND used_at IS NULL', [
      userId,
    ])
  await db.query(
    'INSERT INTO setup_link (token_hash, purpose, user_id, expires_at) VALUES ($1, $2, $3, now() + make_interval(hours => $4))',
    [hash, purpose, userId, validFor[purpose]],
  )
  return `${publicUrl}/setup/${token}`
}

export interface OpenSetupLink {
  purpose: SetupPurpose
  userId: string | null
  email: string | null
}

/** @returns what an unused link is for; null when it was used, has run out, or never was. */
export async function openSetupLink(db: Db, token: string): Promise<OpenSetupLink | null> {
  const { rows } = await db.query<OpenSetupLink>(
    `SELECT l.purpose, l.user_id AS "userId", u.email FROM setup_link l LEFT JOIN app_user u ON u.id = l.user_id
     WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > now() AND (l.user_id IS NULL OR u.active)`,
    [hashOfToken(token)],
  )
  return rows[0] ?? null
}

/**
 * Uses a link up. Of two at the same time one wins.
 * @returns whether this call did.
 */
export async function useSetupLink(db: Db, token: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE setup_link SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()',
    [hashOfToken(token)],
  )
  return rowCount === 1
}
