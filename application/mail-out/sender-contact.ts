import { sql } from 'kysely'
import type { Explanation } from '../../domain/explanation.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonOf } from '../../platform/postgres/json.ts'
import { accountOfUrl, type SmtpAccount } from '../../platform/smtp/account.ts'

/** An account's name, as people know it: user@host:port. */
export const accountName = ({
  user,
  host,
  port,
}: Pick<SmtpAccount, 'user' | 'host' | 'port'>): string =>
  `${user ? `${user}@` : ''}${host}:${port}`

/** The same of a row of `sender`. */
export const accountOfSender =
  sql<string>`coalesce(nullif("user", '') || '@', '') || host || ':' || port`.as('account')

/** @returns the name of the default relay; nobody's where there is none. */
export const relayName = (defaultSmtpUrl: string | undefined): string =>
  defaultSmtpUrl ? accountName(accountOfUrl(defaultSmtpUrl)) : ''

/** The account takes mail. */
export const recordWorked = async (db: Database, account: string): Promise<void> =>
  void (await db
    .insertInto('sender_contact')
    .values({ account, worked_at: sql<Date>`now()` })
    .onConflict((conflict) =>
      conflict
        .column('account')
        .doUpdateSet({ worked_at: sql<Date>`now()`, failing_since: null, last_error: null }),
    )
    .execute())

/** The account takes no mail at all: it is away, refuses the sign-in, or everything. */
export const recordFailing = async (
  db: Database,
  account: string,
  error: Explanation,
): Promise<void> =>
  void (await db
    .insertInto('sender_contact')
    .values({
      account,
      failing_since: sql<Date>`now()`,
      failed_at: sql<Date>`now()`,
      last_error: jsonOf(error),
    })
    .onConflict((conflict) =>
      conflict.column('account').doUpdateSet({
        failing_since: sql<Date>`coalesce(sender_contact.failing_since, now())`,
        failed_at: sql<Date>`now()`,
        last_error: jsonOf(error),
      }),
    )
    .execute())

/** Its settings were changed: what was known of it is known no longer. */
export const forgetContact = async (db: Database, account: string): Promise<void> =>
  void (await db.deleteFrom('sender_contact').where('account', '=', account).execute())
