import type { InferResult } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { type Explanation, sentenceOf } from '../../domain/explanation.ts'
import { unseal } from '../../platform/secrets/sealed-secret.ts'
import { accountOfUrl, type SmtpAccount } from '../../platform/smtp/account.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import type { OutboundRecord } from './outbound-record.ts'
import type { DkimKey } from './render.ts'

/** How a message leaves. */
export type Transport =
  | { kind: 'department'; account: SmtpAccount; dkim: DkimKey | null }
  | { kind: 'default-relay'; account: SmtpAccount; dkim: null }
  | { kind: 'outbox' }
  /** The address it was written as belongs to no sender any more. */
  | { kind: 'none'; detail: Explanation }

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

/**
 * A message written as an official address leaves through the sender that writes as this address:
 * the ticket's department's, else any (the ticket may have moved). One written as DoNotReply leaves
 * through the default relay, or stays in the local outbox where there is none.
 * @throws UnsealError when the stored password was sealed with another SECRET_KEY.
 */
export async function chooseTransport(
  db: Database,
  secretKey: Buffer,
  defaultSmtpUrl: string | undefined,
  message: OutboundRecord,
): Promise<Transport> {
  if (message.one_way)
    return defaultSmtpUrl
      ? { kind: 'default-relay', account: accountOfUrl(defaultSmtpUrl), dkim: null }
      : { kind: 'outbox' }
  const senders = await sendersFor(db, message.department_id).execute()
  const sender = senders.find(({ from }) => writtenAddress(from).address === message.from_address)
  if (!sender)
    return {
      kind: 'none',
      detail: [sentenceOf('no-sender-for-address', { address: message.from_address })],
    }
  return {
    kind: 'department',
    account: senderAccount(sender, secretKey),
    dkim: sender.dkim && {
      domain: sender.dkim.domain,
      selector: sender.dkim.selector,
      privateKey: unseal(secretKey, sender.dkim.privateKeySealed),
    },
  }
}

/** @throws UnsealError when the stored password was sealed with another SECRET_KEY. */
export const senderAccount = (
  { host, port, secure, user, allow_invalid_certificate, password_sealed }: StoredSender,
  secretKey: Buffer,
): SmtpAccount => ({
  host,
  port,
  secure,
  user: user || null,
  allowInvalidCertificate: allow_invalid_certificate,
  password: password_sealed === null ? null : unseal(secretKey, password_sealed),
})
