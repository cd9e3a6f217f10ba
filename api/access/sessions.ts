import type pg from 'pg'
import type { Preferences } from '../../domain/people/contract.ts'
import type { Role } from '../../domain/vocabulary.ts'
import { hashOfToken, newSecretToken } from './secret-token.ts'

type Db = Pick<pg.Pool, 'query'>

/** A session ends when it is not used for this long. */
export const SESSION_SECONDS = 14 * 24 * 3600
/** The end is moved only this often: reading a page should not write a row. */
const SLIDE_AFTER_SECONDS = 3600
export const TOKEN_PREFIX = 'guichet_'

/** Who makes the request, and what they may do. */
export interface SignedInUser {
  id: string
  email: string
  name: string
  role: Role
  departmentIds: string[]
  locationIds: string[] | null
  preferences: Preferences
  /** The session's or the token's hash; only a session may change passwords and make tokens. */
  via: 'session' | 'token'
  credentialHash: string
}

const USER = `u.id, u.email, u.name, u.role, u.preferences,
  ARRAY(SELECT d.department_id::text FROM user_department d WHERE d.user_id = u.id ORDER BY 1) AS "departmentIds", location_limit(u.id)::text[] AS "locationIds"`

/**
 * Starts a session, and forgets those that have run out.
 * @returns the cookie's value.
 */
export async function startSession(db: Db, userId: string): Promise<string> {
  const { token, hash } = newSecretToken()
  await db.query('DELETE FROM session WHERE expires_at < now()')
  await db.query(
    'INSERT INTO session (token_hash, user_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))',
    [hash, userId, SESSION_SECONDS],
  )
  return token
}

/**
 * @returns the person of a running session, and whether its end was just moved; null when it has
 *   ended or the person is not active.
 */
export async function userOfSession(
  db: Db,
  token: string,
): Promise<{ user: SignedInUser; slid: boolean } | null> {
  const hash = hashOfToken(token)
  const { rows } = await db.query<
    Omit<SignedInUser, 'via' | 'credentialHash'> & { remaining: number }
  >({
    name: 'user-of-session',
    text: `SELECT ${USER}, extract(epoch FROM s.expires_at - now())::float8 AS remaining
      FROM session s JOIN app_user u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > now() AND u.active`,
    values: [hash],
  })
  const [row] = rows
  if (!row) return null
  const { remaining, ...person } = row
  const slid = remaining < SESSION_SECONDS - SLIDE_AFTER_SECONDS
  if (slid)
    await db.query(
      'UPDATE session SET expires_at = now() + make_interval(secs => $2) WHERE token_hash = $1',
      [hash, SESSION_SECONDS],
    )
  return { user: { ...person, via: 'session', credentialHash: hash }, slid }
}

/** @returns the person of an API token; null when it was revoked or the person is not active. */
export async function userOfToken(db: Db, token: string): Promise<SignedInUser | null> {
  const hash = hashOfToken(token)
  const { rows } = await db.query<
    Omit<SignedInUser, 'via' | 'credentialHash'> & { stale: boolean }
  >({
    name: 'user-of-token',
    text: `SELECT ${USER}, t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
      FROM api_token t JOIN app_user u ON u.id = t.user_id WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND u.active`,
    values: [hash],
  })
  const [row] = rows
  if (!row) return null
  const { stale, ...person } = row
  if (stale)
    await db.query('UPDATE api_token SET last_used_at = now() WHERE token_hash = $1', [hash])
  return { ...person, via: 'token', credentialHash: hash }
}

export const endSession = (db: Db, hash: string): Promise<unknown> =>
  db.query('DELETE FROM session WHERE token_hash = $1', [hash])

/**
 * After a new password, a new role or the end of a person's access.
 * @param except the session that stays.
 */
export const endSessionsOf = (db: Db, userId: string, except = ''): Promise<unknown> =>
  db.query('DELETE FROM session WHERE user_id = $1 AND token_hash <> $2', [userId, except])

/**
 * @returns the person as they are now, when the session or token that they came with is still good;
 *   null when it has ended. Moves no end.
 */
export async function userByCredential(
  db: Db,
  { via, credentialHash }: SignedInUser,
): Promise<SignedInUser | null> {
  const from =
    via === 'session'
      ? 'session c JOIN app_user u ON u.id = c.user_id WHERE c.token_hash = $1 AND c.expires_at > now()'
      : 'api_token c JOIN app_user u ON u.id = c.user_id WHERE c.token_hash = $1 AND c.revoked_at IS NULL'
  const {
    rows: [row],
  } = await db.query<Omit<SignedInUser, 'via' | 'credentialHash'>>(
    `SELECT ${USER} FROM ${from} AND u.active`,
    [credentialHash],
  )
  return row ? { ...row, via, credentialHash } : null
}
