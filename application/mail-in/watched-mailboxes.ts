import type { Database } from '../../platform/postgres/database.ts'

/** The mailboxes that are to be read. */
export const watchedMailboxes = (db: Database) =>
  db
    .selectFrom('mailbox')
    .where('enabled', '=', true)
    .where('host', 'is not', null)
    .where('deleted_at', 'is', null)
