import type { Database } from '../../platform/postgres/database.ts'
import { type Explanation, sentenceOf } from '../../domain/explanation.ts'
import { unseal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { accountOfUrl, type SmtpAccount } from '../../platform/smtp/account.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import { senderAccount, sendersFor } from '../../application/mail-out/senders.ts'
import type { OutboundRecord } from './outbound-record.ts'
import type { DkimKey } from './render.ts'

/** How a message leaves. */
export type Transport =
  | { kind: 'department'; account: SmtpAccount; dkim: DkimKey | null }
  | { kind: 'default-relay'; account: SmtpAccount; dkim: null }
  | { kind: 'outbox' }
  /** The address it was written as belongs to no sender any more. */
  | { kind: 'none'; detail: Explanation }

/**
 * A message written as an official address leaves through the sender that writes as this address:
 * the ticket's department's, else any (the ticket may have moved). One written as DoNotReply leaves
 * through the default relay, or stays in the local outbox where there is none.
 * @throws UnsealError when the stored password was sealed with another SECRET_KEY.
 */
export async function chooseTransport(
  db: Database,
  secretKeys: SecretKeys,
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
    account: senderAccount(sender, secretKeys),
    dkim: sender.dkim && {
      domain: sender.dkim.domain,
      selector: sender.dkim.selector,
      privateKey: unseal(secretKeys, sender.dkim.privateKeySealed),
    },
  }
}
