import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'
import {
  type Person,
  sessionOwnerStatement,
  tokenOwnerStatement,
} from './credential-owner.statement.ts'
import { hashOfToken, newSecretToken } from './secret-token.ts'

/** A session ends when it is not used for this long. */
export const SESSION_SECONDS = 14 * 24 * 3600
/** The end is moved only this often: reading a page should not write a row. */
const SLIDE_AFTER_SECONDS = 3600
export const TOKEN_PREFIX = 'guichet_'

/** Who makes the request, and what they may do. */
export interface SignedInUser extends Person {
  /** The session's or the token's hash; only a session may change passwords and make tokens. */
  via: 'session' | 'token'
  credentialHash: string
}

const fullSession = sql<Date>`now() + make_interval(secs => ${SESSION_SECONDS})`

/**
 * Starts a session, and forgets those that have run out.
 * @returns the cookie's value.
 */
export async function startSession(db: Database, userId: string): Promise<string> {
  const { token, hash } = newSecretToken()
  await db
    .deleteFrom('session')
    .where('expires_at', '<', (eb) => eb.fn('now'))
    .execute()
  await db
    .insertInto('session')
    .values({ token_hash: hash, user_id: userId, expires_at: fullSession })
    .execute()
  return token
}

/**
 * @returns the person of a running session, and whether its end was just moved; null when it has
 *   ended or the person is not active.
 */
export async function userOfSession(
  db: Database,
  token: string,
): Promise<{ user: SignedInUser; slid: boolean } | null> {
  const hash = hashOfToken(token)
  const [row] = await runStatement(db, sessionOwnerStatement, [hash])
  if (!row) return null
  const { remaining, ...person } = row
  const slid = remaining < SESSION_SECONDS - SLIDE_AFTER_SECONDS
  if (slid)
    await db
      .updateTable('session')
      .set({ expires_at: fullSession })
      .where('token_hash', '=', hash)
      .execute()
  return { user: { ...person, via: 'session', credentialHash: hash }, slid }
}

/** @returns the person of an API token; null when it was revoked or the person is not active. */
export async function userOfToken(db: Database, token: string): Promise<SignedInUser | null> {
  const hash = hashOfToken(token)
  const [row] = await runStatement(db, tokenOwnerStatement, [hash])
  if (!row) return null
  const { stale, ...person } = row
  if (stale)
    await db
      .updateTable('api_token')
      .set((eb) => ({ last_used_at: eb.fn<Date>('now') }))
      .where('token_hash', '=', hash)
      .execute()
  return { ...person, via: 'token', credentialHash: hash }
}

export const endSession = (db: Database, hash: string): Promise<unknown> =>
  db.deleteFrom('session').where('token_hash', '=', hash).execute()

/**
 * After a new password, a new role or the end of a person's access.
 * @param except the session that stays.
 */
export const endSessionsOf = (db: Database, userId: string, except = ''): Promise<unknown> =>
  db.deleteFrom('session').where('user_id', '=', userId).where('token_hash', '<>', except).execute()

/**
 * @returns the person as they are now, when the session or token that they came with is still good;
 *   null when it has ended. Moves no end.
 */
export async function userByCredential(
  db: Database,
  { via, credentialHash }: SignedInUser,
): Promise<SignedInUser | null> {
  const statement = via === 'session' ? sessionOwnerStatement : tokenOwnerStatement
  const [row]: Person[] = await runStatement<Person>(db, statement, [credentialHash])
  return row ? { ...row, via, credentialHash } : null
}
