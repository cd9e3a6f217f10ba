import { cut } from '../../../domain/cut.ts'
import { wellFormedText } from '../../../domain/well-formed-text.ts'
import type { ImapFlow } from 'imapflow'
import { anyOf } from '../../../platform/postgres/any-of.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'
import type { WatchedMailbox } from './mailbox.ts'

/** UIDs of one command. */
const AT_ONCE = 200

interface PendingAction {
  id: string
  uid: bigint
}

/**
 * @returns mails of this folder whose end is known and which are to be flagged, moved or deleted on
 *   the server.
 */
export async function actionsPending(
  db: Database,
  mailbox: WatchedMailbox,
  uidValidity: bigint,
): Promise<PendingAction[]> {
  const rows = await runPrepared(
    db,
    db
      .selectFrom('mail')
      .select(['id', 'uid'])
      .where('server_action', '=', 'pending')
      .where('mailbox_id', '=', mailbox.id)
      .where('folder', '=', mailbox.account.folder)
      .where('uid_validity', '=', String(uidValidity))
      .where('state', '=', 'settled')
      .orderBy('uid')
      .limit(AT_ONCE),
  )
  return rows.map((r) => ({ id: r.id, uid: BigInt(r.uid) }))
}

/**
 * Does what the mailbox's settings ask for once a mail is a ticket's: `flag` (\Seen and \Flagged),
 * `move:<folder>` (made when missing) or `delete`. Safe to repeat: a mail that is no longer there
 * counts as done. What the server refuses is kept as `failed: …` and tried again by the
 * reconciliation.
 * @param client with the folder selected for writing.
 */
export async function actOnServer(
  db: Database,
  client: ImapFlow,
  mailbox: WatchedMailbox,
  pending: readonly PendingAction[],
): Promise<void> {
  const uids = pending.map((p) => String(p.uid)).join(',')
  let outcome = 'done'
  try {
    if (!(await act(client, mailbox.afterImport, uids)))
      outcome = 'failed: the server did not do it'
  } catch (error) {
    const { responseStatus, responseText } = error as {
      responseStatus?: string
      responseText?: string
    }
    if (responseStatus !== 'NO' && responseStatus !== 'BAD') throw error
    outcome = `failed: ${cut(wellFormedText(responseText ?? 'the server refused'), 300)}`
  }
  await db
    .updateTable('mail')
    .set({ server_action: outcome })
    .where(
      'id',
      '=',
      anyOf(
        pending.map((p) => p.id),
        'uuid',
      ),
    )
    .where('server_action', '=', 'pending')
    .execute()
}

async function act(client: ImapFlow, afterImport: string, uids: string): Promise<boolean> {
  if (afterImport === 'flag')
    return client.messageFlagsAdd(uids, ['\\Seen', '\\Flagged'], { uid: true })
  if (afterImport === 'delete') return client.messageDelete(uids, { uid: true })
  if (!afterImport.startsWith('move:')) return true
  const folder = afterImport.slice('move:'.length)
  if (!(await client.list()).some((f) => f.path === folder)) await client.mailboxCreate(folder)
  return Boolean(await client.messageMove(uids, folder, { uid: true }))
}
