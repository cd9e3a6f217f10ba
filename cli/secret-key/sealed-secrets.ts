import { readAlertSettings } from '../../application/health/alerts/settings.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** A secret that is sealed with SECRET_KEY, where it stands. */
export interface SealedSecret {
  /** What it is, for people. */
  what: string
  sealed: string
}

/**
 * Everything in the database that is sealed with SECRET_KEY and has to last; a new column of that
 * kind belongs here. Kept answers to requests are sealed too, but forgotten after a day.
 */
export async function sealedSecrets(db: Database): Promise<SealedSecret[]> {
  const mailboxes = await db
    .selectFrom('mailbox')
    .select(['address', 'password_sealed', 'oauth_sealed'])
    .orderBy('address')
    .execute()
  const senders = await db
    .selectFrom('sender')
    .select(['from', 'password_sealed', 'dkim'])
    .orderBy('from')
    .execute()
  const { webhook, secretSealed } = await readAlertSettings(db)
  return [
    ...secret(`the secret of the webhook ${webhook?.url ?? ''}`, secretSealed),
    ...mailboxes.flatMap(({ address, password_sealed, oauth_sealed }) => [
      ...secret(`the password of mailbox ${address}`, password_sealed),
      ...secret(`the OAuth grant of mailbox ${address}`, oauth_sealed),
    ]),
    ...senders.flatMap(({ from, password_sealed, dkim }) => [
      ...secret(`the password of sender ${from}`, password_sealed),
      ...secret(`the DKIM key of sender ${from}`, dkim?.privateKeySealed),
    ]),
  ]
}

const secret = (what: string, sealed: string | null | undefined): SealedSecret[] =>
  sealed == null ? [] : [{ what, sealed }]
