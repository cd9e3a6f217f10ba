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
  const mailbox = await readMailbox(deps.pool, deps.secretKey, mailboxId)
  if (!mailbox) return null
  const client = await openImap(mailbox.account, undefined, mailbox.keepRefreshToken)
  const hangUp = (): void => {
    client.close()
  }
  signal.addEventListener('abort', hangUp)
  try {
    const { uidValidity } = await selectFolder(client, mailbox.account, true)
    const { folder } = mailbox.account
    const { rows } = await deps.pool.query<{ last_uid: string; known: string[] }>(
      `SELECT CASE WHEN b.uid_validity = $3 THEN b.last_uid ELSE 0 END AS last_uid,
         coalesce((SELECT array_agg(uid::text) FROM mail WHERE mailbox_id = $1 AND folder = $2 AND uid_validity = $3), '{}') AS known
       FROM mailbox b WHERE b.id = $1`,
      [mailboxId, folder, String(uidValidity)],
    )
    const cursor = rows[0]?.last_uid ?? '0'
    const known = new Set((rows[0]?.known ?? []).map(Number))
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
    throw imapFailure(error, mailbox.account, 'comparing it with the ledger')
  } finally {
    signal.removeEventListener('abort', hangUp)
    if (client.usable) await closeImap(client)
    else client.close()
  }
}

/** Also gives what the server refused to flag, move or delete another try, for a week. */
async function unfinished({ pool }: WatchDependencies, mailboxId: string): Promise<number> {
  await pool.query(
    `UPDATE mail SET server_action = 'pending' WHERE mailbox_id = $1 AND server_action LIKE 'failed%' AND settled_at > now() - interval '7 days'`,
    [mailboxId],
  )
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM mail WHERE state IN ('stored', 'routed') AND stored_at < now() - interval '10 minutes' AND mailbox_id = $1`,
    [mailboxId],
  )
  return rows[0]?.count ?? 0
}
