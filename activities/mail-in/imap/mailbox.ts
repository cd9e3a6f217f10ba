import type pg from 'pg'
import {
  type StoredImapSettings,
  storedAccount,
} from '../../../application/mail-in/imap-account.ts'
import type { ImapAccount } from '../../../platform/imap/connection.ts'
import type { OAuth2Grant } from '../../../platform/imap/oauth2.ts'
import { seal } from '../../../platform/secrets/sealed-secret.ts'

/** A mailbox as its watch needs it. */
export interface WatchedMailbox {
  id: string
  address: string
  account: ImapAccount
  afterImport: string
  /** Keeps the refresh token that an OAuth2 provider exchanges. */
  keepRefreshToken: (refreshToken: string) => Promise<void>
}

/**
 * @returns null when there is nothing to watch: deleted, switched off, or served by the built-in
 *   receiver alone.
 * @throws UnsealError when SECRET_KEY is not the one its password was stored with.
 */
export async function readMailbox(
  pool: Pick<pg.Pool, 'query'>,
  secretKey: Buffer,
  id: string,
): Promise<WatchedMailbox | null> {
  const { rows } = await pool.query<StoredImapSettings & { address: string; afterImport: string }>(
    `SELECT address, host, port, secure, allow_invalid_certificate AS "allowInvalidCertificate", "user", password_sealed AS "passwordSealed",
       oauth_sealed AS "oauthSealed", folder, after_import AS "afterImport"
     FROM mailbox WHERE id = $1 AND enabled AND deleted_at IS NULL`,
    [id],
  )
  const row = rows[0]
  const account = row ? storedAccount(row, secretKey) : null
  if (!row || !account) return null
  const keepRefreshToken = async (refreshToken: string): Promise<void> => {
    const grant: OAuth2Grant = { ...account.oauth2!, refreshToken }
    await pool.query('UPDATE mailbox SET oauth_sealed = $2 WHERE id = $1', [
      id,
      seal(secretKey, JSON.stringify(grant)),
    ])
  }
  return { id, address: row.address, account, afterImport: row.afterImport, keepRefreshToken }
}

/** What Settings → Mailboxes and /readyz show. A contact that worked clears the last error. */
export async function reportStatus(
  pool: Pick<pg.Pool, 'query'>,
  id: string,
  status: 'connecting' | 'watching' | 'failed',
  error: string | null = null,
): Promise<void> {
  await pool.query(
    `UPDATE mailbox SET status = $2, last_error = CASE WHEN $2 = 'connecting' THEN last_error ELSE $3 END,
       last_contact_at = CASE WHEN $2 = 'watching' THEN now() ELSE last_contact_at END WHERE id = $1`,
    [id, status, error],
  )
}

/**
 * Takes up the cursor for a folder as the server shows it now. Another UIDVALIDITY (RFC 3501
 * section 2.3.1.1) or another folder means other UIDs: then reading starts after the last mail that
 * the ledger knows under it, from the first mail when it knows none; mails that were taken in under
 * their old UIDs are recognised by their content.
 * @returns the highest UID read so far.
 */
export async function takeUpCursor(
  pool: Pick<pg.Pool, 'query'>,
  mailboxId: string,
  folder: string,
  uidValidity: bigint,
): Promise<bigint> {
  const { rows } = await pool.query<{ last_uid: string }>(
    `UPDATE mailbox SET uid_validity = $3, last_uid = coalesce((SELECT max(uid) FROM mail WHERE mailbox_id = $1 AND folder = $2 AND uid_validity = $3), 0)
     WHERE id = $1 RETURNING last_uid`,
    [mailboxId, folder, String(uidValidity)],
  )
  return BigInt(rows[0]?.last_uid ?? 0)
}
