import type { InferResult } from 'kysely'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { unseal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { accountOfUrl, type SmtpAccount } from '../../platform/smtp/account.ts'

/** Departments' senders; the given department's first. */
export const sendersFor = (db: Database, departmentId: string | null) =>
  db
    .selectFrom('sender')
    .select([
      'department_id',
      'from',
      'host',
      'port',
      'secure',
      'user',
      'password_sealed',
      'allow_invalid_certificate',
      'dkim',
    ])
    .orderBy(
      (eb) => eb('department_id', '=', departmentId),
      (order) => order.desc().nullsLast(),
    )

type StoredSender = InferResult<ReturnType<typeof sendersFor>>[number]

/** @throws UnsealError when the stored password was sealed with another SECRET_KEY. */
export const senderAccount = (
  { host, port, secure, user, allow_invalid_certificate, password_sealed }: StoredSender,
  secretKeys: SecretKeys,
): SmtpAccount => ({
  host,
  port,
  secure,
  user: user || null,
  allowInvalidCertificate: allow_invalid_certificate,
  password: password_sealed === null ? null : unseal(secretKeys, password_sealed),
})

/** What mail leaves with that is no conversation: a notification, an alert. */
export interface AutomaticSender {
  account: SmtpAccount
  from: MailAddress
}

/** How this installation writes by itself. */
export interface AutomaticSending {
  /** 32 bytes. */
  secretKeys: SecretKeys
  defaultSmtpUrl?: string | undefined
  defaultFrom: string
}

/**
 * Mail that is no conversation leaves as DoNotReply through the default relay; without one, as the
 * given department, else as any that has a sender.
 * @returns null where nothing can be sent.
 * @throws UnsealError when the stored password was sealed with another SECRET_KEY.
 */
export async function automaticSender(
  db: Database,
  { secretKeys, defaultSmtpUrl, defaultFrom }: AutomaticSending,
  departmentId: string | null,
): Promise<AutomaticSender | null> {
  if (defaultSmtpUrl)
    return { account: accountOfUrl(defaultSmtpUrl), from: writtenAddress(defaultFrom) }
  const sender = await sendersFor(db, departmentId).limit(1).executeTakeFirst()
  return sender
    ? { account: senderAccount(sender, secretKeys), from: writtenAddress(sender.from) }
    : null
}
