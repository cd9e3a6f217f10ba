import type { InferResult } from 'kysely'
import type { z } from 'zod'
import type { newSender, Sender, SmtpSettings } from '../../domain/mail-out/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { seal, unseal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { isLessSafe } from '../http/mail-account.ts'
import { unprocessable } from '../http/problem.ts'

type NewSender = z.infer<typeof newSender>

/**
 * Rows of `sender`. Their secrets leave this file only to be tried at the mail server they were
 * entered for.
 */
const senders = (db: Database) =>
  db
    .selectFrom('sender')
    .select([
      'from',
      'host',
      'port',
      'secure',
      'user',
      'password_sealed as passwordSealed',
      'allow_invalid_certificate as allowInvalidCertificate',
      'dkim',
    ])

export type SenderRow = InferResult<ReturnType<typeof senders>>[number]

/** @returns the stored sender of a department; null when it has none. */
export async function storedSender(db: Database, departmentId: string): Promise<SenderRow | null> {
  return (await senders(db).where('department_id', '=', departmentId).executeTakeFirst()) ?? null
}

/** @returns the sender without its secrets, as the API shows it. */
export const shownSender = (row: SenderRow): Sender => ({
  from: row.from,
  smtp: {
    host: row.host,
    port: row.port,
    secure: row.secure,
    user: row.user,
    allowInvalidCertificate: row.allowInvalidCertificate,
    hasPassword: row.passwordSealed !== null,
  },
  dkim: row.dkim && { domain: row.dkim.domain, selector: row.dkim.selector },
})

/**
 * The row that entered settings make. A password or key that is left out stays as it is stored.
 * @throws ProblemError 422 when the stored password would go to another server than the one it was
 *   entered for.
 */
export function senderRow(
  entered: NewSender,
  stored: SenderRow | null,
  secretKeys: SecretKeys,
): SenderRow {
  const { smtp, dkim } = entered
  return {
    from: entered.from,
    host: smtp.host,
    port: smtp.port,
    secure: smtp.secure,
    user: smtp.user || null,
    allowInvalidCertificate: smtp.allowInvalidCertificate,
    passwordSealed: sealedPassword(smtp, stored, secretKeys),
    dkim: dkim
      ? {
          domain: dkim.domain,
          selector: dkim.selector,
          privateKeySealed: sealedKey(dkim.privateKey, stored, secretKeys),
        }
      : null,
  }
}

function sealedPassword(
  entered: SmtpSettings,
  stored: SenderRow | null,
  secretKeys: SecretKeys,
): string | null {
  const { user, password } = entered
  if (password) return seal(secretKeys, password)
  if (password === null || !user || !stored?.passwordSealed) return null
  if (isLessSafe(stored, entered))
    throw unprocessable(
      'password-needed',
      'The password was stored for another server. Enter it again for this one.',
      '/smtp/password',
    )
  return stored.passwordSealed
}

function sealedKey(
  entered: string | undefined,
  stored: SenderRow | null,
  secretKeys: SecretKeys,
): string {
  const sealed = entered ? seal(secretKeys, entered) : stored?.dkim?.privateKeySealed
  if (!sealed)
    throw unprocessable(
      'dkim-key-needed',
      'Enter the private key that belongs to this DKIM selector.',
      '/dkim/privateKey',
    )
  return sealed
}

/**
 * @returns settings with the password in the clear, to try them.
 * @throws UnsealError
 */
export const clearSender = (
  row: SenderRow,
  secretKeys: SecretKeys,
): { from: string; smtp: SmtpSettings } => ({
  from: row.from,
  smtp: {
    host: row.host,
    port: row.port,
    secure: row.secure,
    user: row.user,
    allowInvalidCertificate: row.allowInvalidCertificate,
    password: row.passwordSealed === null ? null : unseal(secretKeys, row.passwordSealed),
  },
})
