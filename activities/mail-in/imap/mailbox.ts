import { sql } from 'kysely'
import { storedAccount } from '../../../application/mail-in/imap-account.ts'
import type { Explanation } from '../../../domain/explanation.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import type { ImapAccount } from '../../../platform/imap/connection.ts'
import type { OAuth2Grant } from '../../../platform/imap/oauth2.ts'
import { jsonOf } from '../../../platform/postgres/json.ts'
import { seal } from '../../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../../platform/secrets/secret-keys.ts'

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
  db: Database,
  secretKeys: SecretKeys,
  id: string,
): Promise<WatchedMailbox | null> {
  const row = await db
    .selectFrom('mailbox')
    .select([
      'address',
      'host',
      'port',
      'secure',
      'allow_invalid_certificate as allowInvalidCertificate',
      'user',
      'password_sealed as passwordSealed',
      'oauth_sealed as oauthSealed',
      'folder',
      'after_import as afterImport',
    ])
    .where('id', '=', id)
    .where('enabled', '=', true)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const account = row ? storedAccount(row, secretKeys) : null
  if (!row || !account) return null
  const keepRefreshToken = async (refreshToken: string): Promise<void> => {
    const grant: OAuth2Grant = { ...account.oauth2!, refreshToken }
    await db
      .updateTable('mailbox')
      .set({ oauth_sealed: seal(secretKeys, JSON.stringify(grant)) })
      .where('id', '=', id)
      .execute()
  }
  return { id, address: row.address, account, afterImport: row.afterImport, keepRefreshToken }
}

/** What Settings → Mailboxes and Health show. A contact that worked clears the last error. */
export async function reportStatus(
  db: Database,
  id: string,
  status: 'connecting' | 'watching' | 'failed',
  error: Explanation | null = null,
): Promise<void> {
  await db
    .updateTable('mailbox')
    .set({
      status,
      ...(status === 'connecting' ? {} : { last_error: error === null ? null : jsonOf(error) }),
      ...(status === 'watching' ? { last_contact_at: sql<Date>`now()`, failing_since: null } : {}),
      ...(status === 'failed' ? { failing_since: sql<Date>`coalesce(failing_since, now())` } : {}),
    })
    .where('id', '=', id)
    .execute()
}

/**
 * Takes up the cursor for a folder as the server shows it now. Another UIDVALIDITY (RFC 3501
 * section 2.3.1.1) or another folder means other UIDs: then reading starts after the last mail that
 * the ledger knows under it, from the first mail when it knows none; mails that were taken in under
 * their old UIDs are recognised by their content.
 * @returns the highest UID read so far.
 */
export async function takeUpCursor(
  db: Database,
  mailboxId: string,
  folder: string,
  uidValidity: bigint,
): Promise<bigint> {
  const validity = String(uidValidity)
  const cursor = await db
    .updateTable('mailbox')
    .set((eb) => ({
      uid_validity: validity,
      last_uid: eb.fn.coalesce(
        eb
          .selectFrom('mail')
          .select((e) => e.fn.max<string>('uid').as('last'))
          .where('mailbox_id', '=', mailboxId)
          .where('folder', '=', folder)
          .where('uid_validity', '=', validity),
        sql.lit('0'),
      ),
    }))
    .where('id', '=', mailboxId)
    .returning('last_uid')
    .executeTakeFirst()
  return BigInt(cursor?.last_uid ?? 0)
}
