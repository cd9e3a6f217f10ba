import { readAlertSettings, writeAlertSettings } from '../../application/health/alerts/settings.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'

/** A secret that is sealed with SECRET_KEY, where it stands. */
export interface SealedSecret {
  /** What it is, for people. */
  what: string
  sealed: string
  /** Puts another sealed text there. */
  replace: (sealed: string) => Promise<unknown>
}

/**
 * Everything in the database that is sealed with SECRET_KEY and has to last; a new column of that
 * kind belongs here. Kept answers to requests are sealed too, and forgotten after a day:
 * kept-answers.ts.
 */
export async function sealedSecrets(db: Database): Promise<SealedSecret[]> {
  return [...(await ofAlerts(db)), ...(await ofMailboxes(db)), ...(await ofSenders(db))]
}

async function ofAlerts(db: Database): Promise<SealedSecret[]> {
  const settings = await readAlertSettings(db)
  return secret(
    `the secret of the webhook ${settings.webhook?.url ?? ''}`,
    settings.secretSealed,
    (secretSealed) => writeAlertSettings(db, { ...settings, secretSealed }),
  )
}

async function ofMailboxes(db: Database): Promise<SealedSecret[]> {
  const mailboxes = await db
    .selectFrom('mailbox')
    .select(['id', 'address', 'password_sealed', 'oauth_sealed'])
    .orderBy('address')
    .orderBy('id')
    .execute()
  return mailboxes.flatMap(({ id, address, password_sealed, oauth_sealed }) => {
    const row = db.updateTable('mailbox').where('id', '=', id)
    return [
      ...secret(`the password of mailbox ${address}`, password_sealed, (sealed) =>
        row.set({ password_sealed: sealed }).execute(),
      ),
      ...secret(`the OAuth grant of mailbox ${address}`, oauth_sealed, (sealed) =>
        row.set({ oauth_sealed: sealed }).execute(),
      ),
    ]
  })
}

async function ofSenders(db: Database): Promise<SealedSecret[]> {
  const senders = await db
    .selectFrom('sender')
    .select(['department_id', 'from', 'password_sealed', 'dkim'])
    .orderBy('from')
    .orderBy('department_id')
    .execute()
  return senders.flatMap(({ department_id, from, password_sealed, dkim }) => {
    const row = db.updateTable('sender').where('department_id', '=', department_id)
    return [
      ...secret(`the password of sender ${from}`, password_sealed, (sealed) =>
        row.set({ password_sealed: sealed }).execute(),
      ),
      ...(dkim === null
        ? []
        : secret(`the DKIM key of sender ${from}`, dkim.privateKeySealed, (privateKeySealed) =>
            row.set({ dkim: jsonb({ ...dkim, privateKeySealed }) }).execute(),
          )),
    ]
  })
}

const secret = (
  what: string,
  sealed: string | null | undefined,
  replace: SealedSecret['replace'],
): SealedSecret[] => (sealed == null ? [] : [{ what, sealed, replace }])
