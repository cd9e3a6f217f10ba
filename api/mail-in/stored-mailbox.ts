import { type InferResult, sql } from 'kysely'
import {
  type ImapChange,
  type ImapSettings,
  imapSettings,
  type Mailbox,
} from '../../domain/mail-in/contract.ts'
import type { StoredImapSettings } from '../../application/mail-in/imap-account.ts'
import { inEnglish } from '../../languages/explanation.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { seal, unseal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { isLessSafe } from '../http/mail-account.ts'
import { notFound, unprocessable } from '../http/problem.ts'

/**
 * Rows of `mailbox` with their ledger in figures. Their secrets are sealed, and are never part of
 * an answer.
 */
const mailboxes = (db: Database) =>
  db
    .selectFrom('mailbox as m')
    .select((eb) => [
      'm.id',
      'm.address',
      'm.aliases',
      'm.plus_addresses as plusAddresses',
      'm.department_id as departmentId',
      'm.enabled',
      'm.host',
      'm.port',
      'm.secure',
      'm.allow_invalid_certificate as allowInvalidCertificate',
      'm.user',
      'm.password_sealed as passwordSealed',
      'm.oauth_sealed as oauthSealed',
      'm.folder',
      'm.after_import as afterImport',
      'm.status',
      'm.last_error as lastError',
      'm.last_contact_at as lastContactAt',
      eb
        .selectFrom((mails) =>
          mails
            .selectFrom('mail')
            .select([
              sql<string>`coalesce(outcome::text, 'waiting')`.as('kind'),
              mails.fn.countAll().as('mails'),
            ])
            .whereRef('mailbox_id', '=', 'm.id')
            .groupBy('kind')
            .as('l'),
        )
        .select(sql<Partial<Mailbox['ledger']>>`jsonb_object_agg(l.kind, l.mails)`.as('ledger'))
        .as('ledger'),
    ])
    .where('m.deleted_at', 'is', null)

export type MailboxRow = InferResult<ReturnType<typeof mailboxes>>[number]

export const storedMailboxes = (db: Database): Promise<MailboxRow[]> =>
  mailboxes(db).orderBy('m.address').execute()

/** @throws ProblemError 404 */
export async function storedMailbox(db: Database, id: string): Promise<MailboxRow> {
  const row = await mailboxes(db).where('m.id', '=', id).executeTakeFirst()
  if (!row) throw notFound('such mailbox')
  return row
}

/** @returns the mailbox as the API shows it. */
export const shownMailbox = (row: MailboxRow, secretKeys: SecretKeys): Mailbox => ({
  id: row.id,
  address: row.address,
  aliases: row.aliases,
  plusAddresses: row.plusAddresses,
  departmentId: row.departmentId,
  enabled: row.enabled,
  imap:
    row.host === null
      ? null
      : {
          host: row.host,
          port: row.port ?? 993,
          secure: row.secure,
          user: row.user ?? '',
          folder: row.folder,
          afterImport: row.afterImport,
          allowInvalidCertificate: row.allowInvalidCertificate,
          hasPassword: row.passwordSealed !== null,
          oauth2Provider: providerOf(row.oauthSealed, secretKeys),
        },
  status: !row.enabled ? 'disabled' : row.host === null ? 'receiving' : row.status,
  ...lastErrorOf(row),
  lastContactAt: row.lastContactAt?.toISOString() ?? null,
  ledger: {
    ticket: 0,
    reply: 0,
    report: 0,
    duplicate: 0,
    ignored: 0,
    quarantine: 0,
    waiting: 0,
    ...row.ledger,
  },
})

function lastErrorOf({
  enabled,
  host,
  lastError,
}: MailboxRow): Pick<Mailbox, 'lastError' | 'lastErrorExplanation'> {
  const explanation = enabled && host !== null ? lastError : null
  return { lastError: explanation && inEnglish(explanation), lastErrorExplanation: explanation }
}

/**
 * Of the grant only the provider's name is shown. One that was sealed with another key is as good
 * as none: entering it again mends it.
 */
function providerOf(sealed: string | null, secretKeys: SecretKeys): string | null {
  if (sealed === null) return null
  try {
    return (JSON.parse(unseal(secretKeys, sealed)) as { provider: string }).provider
  } catch {
    return null
  }
}

/** The IMAP columns of a row, ready to be written. */
export interface ImapColumns extends StoredImapSettings {
  afterImport: string
}

export const noImap: ImapColumns = {
  host: null,
  port: null,
  secure: true,
  allowInvalidCertificate: false,
  user: null,
  passwordSealed: null,
  oauthSealed: null,
  folder: 'INBOX',
  afterImport: 'keep',
}

/**
 * The columns that entered settings make. Password and OAuth2 exclude each other: what was entered
 * last counts.
 */
export const imapColumns = (
  { password, oauth2, ...plain }: ImapSettings,
  secretKeys: SecretKeys,
): ImapColumns => ({
  ...plain,
  passwordSealed: password && !oauth2 ? seal(secretKeys, password) : null,
  oauthSealed: oauth2 ? seal(secretKeys, JSON.stringify(oauth2)) : null,
})

/**
 * The columns after a change. What is left out stays, the password too.
 * @throws ProblemError 422 when the stored password would go to another server than the one it was
 *   entered for.
 */
export function changedImap(
  change: ImapChange,
  stored: ImapColumns,
  secretKeys: SecretKeys,
): ImapColumns {
  const known =
    stored.host === null
      ? {}
      : {
          host: stored.host,
          port: stored.port,
          secure: stored.secure,
          user: stored.user,
          folder: stored.folder,
          afterImport: stored.afterImport,
          allowInvalidCertificate: stored.allowInvalidCertificate,
        }
  const complete = imapSettings.safeParse({ ...known, ...change })
  if (!complete.success) {
    const missing = String(complete.error.issues[0]?.path[0] ?? 'host')
    throw unprocessable(
      'imap-incomplete',
      `IMAP settings without ${missing}. Give host, user and a password.`,
      `/imap/${missing}`,
    )
  }
  const columns = imapColumns(complete.data, secretKeys)
  if (change.password !== undefined || change.oauth2 !== undefined) return columns
  const keeps = stored.passwordSealed !== null || stored.oauthSealed !== null
  if (keeps && isLessSafe(stored, columns))
    throw unprocessable(
      'password-needed',
      'The password was stored for another server. Enter it again for this one.',
      '/imap/password',
    )
  return { ...columns, passwordSealed: stored.passwordSealed, oauthSealed: stored.oauthSealed }
}

/** Another account, perhaps: its folders number their mails anew. */
export const isOtherAccount = (
  a: Pick<ImapColumns, 'host' | 'user'>,
  b: Pick<ImapColumns, 'host' | 'user'>,
): boolean => a.host !== b.host || a.user !== b.user

/** UIDs belong to one folder of one account: another one is read from its beginning. */
export const isOtherFolder = (a: ImapColumns, b: ImapColumns): boolean =>
  isOtherAccount(a, b) || a.folder !== b.folder
