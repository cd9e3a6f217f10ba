import { sql } from 'kysely'
import { arrayFrom } from '../../../platform/postgres/array-from.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { closeImap, openImap, selectFolder } from '../../../platform/imap/connection.ts'
import { imapFailure } from '../../../platform/imap/failure.ts'
import { fetchInBatches, listed } from './fetch.ts'
import type { WatchDependencies } from './watch.ts'
import { readMailbox } from './mailbox.ts'

/** What a comparison of server and ledger came to. */
export interface Reconciliation {
  /** Mails on the server up to the cursor. */
  onServer: number
  /** Of those, mails that the ledger did not know: fetched and stored now. */
  fetched: number
  /** Mails of this mailbox that have been in the ledger for ten minutes and have no end yet. */
  withoutEnd: number
}

/** UIDs of one listing command. */
const AT_ONCE = 500

/**
 * Compares the server's list of UIDs with the ledger, from the cursor downwards, and fetches what
 * the ledger does not know: a UID that became visible late, a row lost with a restored backup.
 * Mails above the cursor are the watch's.
 * @param signal ends it early.
 * @returns null when there is nothing to watch.
 * @throws ImapFailure
 */
export async function reconcileMailbox(
  deps: WatchDependencies,
  mailboxId: string,
  signal: AbortSignal,
  onProgress: (fetched: number) => void = () => undefined,
): Promise<Reconciliation | null> {
  const mailbox = await readMailbox(deps.db, deps.secretKeys, mailboxId)
  if (!mailbox) return null
  const client = await openImap(mailbox.account, undefined, mailbox.keepRefreshToken)
  const hangUp = (): void => {
    client.close()
  }
  signal.addEventListener('abort', hangUp)
  try {
    const { uidValidity } = await selectFolder(client, mailbox.account, true)
    const { folder } = mailbox.account
    const ledger = await readLedger(deps.db, mailboxId, folder, String(uidValidity))
    const cursor = ledger?.validity === String(uidValidity) ? ledger.cursor : '0'
    const known = new Set((ledger?.known ?? []).map(Number))
    const onServer =
      cursor === '0' ? [] : (await client.search({ uid: `1:${cursor}` }, { uid: true })) || []
    const missing = onServer.filter((uid) => !known.has(uid))
    let fetched = 0
    for (let from = 0; from < missing.length && !signal.aborted; from += AT_ONCE) {
      const mails = await listed(client, missing.slice(from, from + AT_ONCE).join(','))
      for await (const batch of fetchInBatches(client, mails, { mailboxId, folder, uidValidity })) {
        fetched += await deps.intake.take(batch.mails)
        onProgress(fetched)
        await deps.intake.room()
      }
    }
    const withoutEnd = await unfinished(deps, mailboxId)
    if (fetched > 0 || withoutEnd > 0)
      deps.log.warn(
        { mailbox: mailbox.address, fetched, withoutEnd },
        'reconciliation found mails without an end',
      )
    return { onServer: onServer.length, fetched, withoutEnd }
  } catch (error) {
    throw imapFailure(error, mailbox.account)
  } finally {
    signal.removeEventListener('abort', hangUp)
    if (client.usable) await closeImap(client)
    else client.close()
  }
}

/** How far a mailbox has been read, and the mails of a folder that came from it. */
const readLedger = (db: Database, mailboxId: string, folder: string, uidValidity: string) =>
  db
    .selectFrom('mailbox as b')
    .select((eb) => [
      'b.uid_validity as validity',
      'b.last_uid as cursor',
      arrayFrom(
        eb
          .selectFrom('mail')
          .select((e) => e.cast<string>('uid', 'text').as('uid'))
          .where('mailbox_id', '=', mailboxId)
          .where('folder', '=', folder)
          .where('uid_validity', '=', uidValidity),
      ).as('known'),
    ])
    .where('b.id', '=', mailboxId)
    .executeTakeFirst()

/** Also gives what the server refused to flag, move or delete another try, for a week. */
async function unfinished({ db }: WatchDependencies, mailboxId: string): Promise<number> {
  await db
    .updateTable('mail')
    .set({ server_action: 'pending' })
    .where('mailbox_id', '=', mailboxId)
    .where('server_action', 'like', 'failed%')
    .where('settled_at', '>', sql<Date>`now() - interval '7 days'`)
    .execute()
  const { count } = await db
    .selectFrom('mail')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .where('state', 'in', ['stored', 'routed'])
    .where('stored_at', '<', sql<Date>`now() - interval '10 minutes'`)
    .where('mailbox_id', '=', mailboxId)
    .executeTakeFirstOrThrow()
  return count
}
