import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import {
  type Explanation,
  type Sentence,
  sentenceOf,
  shortened,
} from '../../../domain/explanation.ts'
import { wellFormedTexts } from '../../../domain/well-formed-text.ts'
import { allOf, anyOf } from '../../../platform/postgres/any-of.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { type JsonText, columnsOf, recordset } from '../../../platform/postgres/json.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'
import { secondsAgo } from '../../../platform/postgres/seconds-ago.ts'
import { BlobMissingError, type BlobStore } from '../../../platform/postgres/blobs.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { contentKey } from './content-key.ts'
import { threadKeys } from './thread-keys.ts'
import type { StoredRow } from '../../../domain/mail-in/routing/candidate.ts'

/** Above this a mail is not taken into memory: its header alone is kept, in quarantine. Bytes. */
export const LARGEST_MAIL = 150 * 1024 * 1024

/** @param size bytes. */
export const tooLarge = (size: number): Sentence[] => [
  sentenceOf('mail-too-large', {
    megabytes: Math.ceil(size / 1048576),
    limit: LARGEST_MAIL / 1048576,
  }),
  sentenceOf('mail-header-kept'),
]

/** A mail as it came from a server, before anything is decided about it. */
export interface IncomingMail {
  mailboxId: string
  source: 'imap' | 'smtp'
  /** IMAP folder; '' for the built-in receiver. */
  folder: string
  uidValidity: bigint
  uid: bigint
  /** The whole RFC 5322 source; of a refused mail what could be had of it. */
  raw: Uint8Array
  /** Bytes on the server. */
  size: number
  /** Why the mail goes into quarantine at once, unrouted. Null for nearly every mail. */
  refusal: Sentence[] | null
  envelopeFrom: string | null
  envelopeTo: string[]
  internalDate: Date | null
}

/** How far a mailbox has been read; moves in the same transaction in which the mails are stored. */
export interface Cursor {
  mailboxId: string
  uidValidity: bigint
  lastUid: bigint
}

/** A mail that is in the ledger and waits to be routed, its source still in memory. */
export interface StoredMail {
  row: StoredRow
  raw: Uint8Array
}

/**
 * Stores mails before anything else is done with them: raw source first, then one ledger row each,
 * with the cursor in the same transaction. Safe to repeat: a mail already in the ledger is left as
 * it is.
 * @param mails at most some tens, some megabytes together (one larger mail alone is fine).
 * @param cursor left out: no cursor moves.
 * @returns those that are new and have to be routed, in the order given. When this returns, they
 *   survive the loss of this process.
 */
export async function storeMails(
  db: Database,
  blobs: BlobStore,
  mails: readonly IncomingMail[],
  cursor?: Cursor,
): Promise<StoredMail[]> {
  if (mails.length === 0 && !cursor) return []
  // Blobs before rows: a blob without a row is only waste, a row without its blob would be a loss.
  const hashes = await blobs.putAll(mails.map((m) => m.raw))
  const rows = mails.map((mail, i) => ledgerRow(mail, hashes[i]!))
  const fresh = new Set((await insertMails(db, rows, cursor)).map(({ id }) => id))
  return mails.flatMap((mail, i): StoredMail[] => {
    const { id, content_key: contentKey, blob_sha256: blobSha256, size } = rows[i]!
    return fresh.has(id) && mail.refusal === null
      ? [{ row: { ...mail, id, contentKey, blobSha256, size }, raw: mail.raw }]
      : []
  })
}

const ledgerRow = (mail: IncomingMail, blobSha256: string, content = contentKey(mail.raw)) => ({
  id: timeOrderedId(),
  mailbox_id: mail.mailboxId,
  source: mail.source,
  folder: mail.folder,
  uid_validity: String(mail.uidValidity),
  uid: String(mail.uid),
  content_key: content,
  thread_keys: threadKeys(mail.raw, content),
  blob_sha256: blobSha256,
  size: Math.min(mail.size, 2_147_483_647),
  envelope_from: mail.envelopeFrom,
  envelope_to: mail.envelopeTo,
  internal_date: mail.internalDate,
  state: mail.refusal === null ? ('stored' as const) : ('settled' as const),
  outcome: mail.refusal === null ? null : ('quarantine' as const),
  outcome_reason: mail.refusal,
})

const LEDGER_COLUMNS = {
  id: 'uuid',
  mailbox_id: 'uuid',
  source: '"MailSource"',
  folder: 'text',
  uid_validity: 'bigint',
  uid: 'bigint',
  content_key: 'text',
  thread_keys: 'text[]',
  blob_sha256: 'text',
  size: 'integer',
  envelope_from: 'text',
  envelope_to: 'text[]',
  internal_date: 'timestamptz',
  state: '"MailState"',
  outcome: '"MailOutcome"',
  outcome_reason: 'jsonb',
} as const

/** @returns those that were not in the ledger. */
const insertMails = (
  db: Database,
  rows: readonly ReturnType<typeof ledgerRow>[],
  cursor: Cursor | undefined,
) => {
  const columns = columnsOf(LEDGER_COLUMNS)
  return runPrepared(
    db,
    db
      .with('cursor', () => advanced(db, cursor))
      .insertInto('mail')
      .columns([...columns, 'settled_at'])
      .expression((eb) =>
        eb
          .selectFrom(recordset('m', rows, LEDGER_COLUMNS))
          .select(columns)
          .select(sql`CASE WHEN outcome IS NOT NULL THEN now() END`.as('settled_at')),
      )
      .onConflict((conflict) =>
        conflict.columns(['mailbox_id', 'folder', 'uid_validity', 'uid']).doNothing(),
      )
      .returning('id'),
  )
}

/** How far the mailbox has been read; nothing without a cursor. */
const advanced = (db: Database, cursor: Cursor | undefined) =>
  db
    .updateTable('mailbox')
    .set((eb) => ({
      last_uid: eb.fn('greatest', ['last_uid', eb.val(String(cursor?.lastUid ?? 0))]),
      last_contact_at: sql<Date>`now()`,
    }))
    .where('id', '=', sql<string>`${cursor?.mailboxId ?? null}`)
    .where('uid_validity', '=', String(cursor?.uidValidity ?? 0))

/**
 * A number of our own in place of a UID, for mail that no IMAP server numbered: grows with time,
 * unique among processes.
 */
export const receiverUid = (now = Date.now()): bigint =>
  (BigInt(now) << 20n) | BigInt(randomInt(1 << 20))

const STORED_COLUMNS = [
  'mail.id',
  'mail.mailbox_id as mailboxId',
  'mail.source',
  'mail.content_key as contentKey',
  'mail.blob_sha256 as blobSha256',
  'mail.size',
  'mail.envelope_from as envelopeFrom',
  'mail.envelope_to as envelopeTo',
  'mail.internal_date as internalDate',
] as const

/**
 * Mails that wait to be routed, in whosever hands they are, and have to be routed before or together
 * with some of these: of the same thread and stored earlier, or answered by one of these.
 * @param ids in the ledger.
 * @param limit the rest may be asked for when these are among `ids`.
 */
export const threadOfStored = (
  db: Database,
  ids: readonly string[],
  limit: number,
): Promise<StoredRow[]> =>
  runPrepared(
    db,
    db
      .selectFrom('mail')
      .select(STORED_COLUMNS)
      // Both as they lead to the index of what waits: a state in words of its own, one array of keys.
      .where(sql<boolean>`mail.state = 'stored'`)
      .where(
        sql<boolean>`mail.thread_keys && ARRAY (SELECT unnest(thread_keys) FROM mail WHERE id = ${anyOf(ids, 'uuid')})`,
      )
      .where('mail.id', '<>', allOf(ids, 'uuid'))
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('mail as m')
            .select('m.id')
            .where('m.id', '=', anyOf(ids, 'uuid'))
            .where(
              sql<boolean>`mail.thread_keys && m.thread_keys
                AND (mail.id < m.id OR mail.thread_keys[1] = ANY (m.thread_keys[2:]))`,
            ),
        ),
      )
      .orderBy('mail.id')
      .limit(limit),
  )

/**
 * @returns the mail with its source; nothing for one whose blob is gone, as after a restore of half
 *   a backup: it must not hold up the others, and ends in quarantine.
 */
export async function withSource(
  db: Database,
  blobs: BlobStore,
  row: StoredRow,
): Promise<StoredMail[]> {
  try {
    return [{ row, raw: await blobs.get(row.blobSha256) }]
  } catch (error) {
    if (!(error instanceof BlobMissingError)) throw error
    await quarantine(db, new Map([[row.id, [sentenceOf('mail-source-missing')]]]))
    return []
  }
}

/**
 * Mails left behind by a process that died between storing and routing, oldest first.
 * @param olderThan seconds since they were stored: younger ones are still in somebody's hands.
 * @param bytes of raw source together; the first mail comes whatever its size.
 */
export async function readStored(
  db: Database,
  limit: number,
  olderThan: number,
  bytes = 32_000_000,
): Promise<StoredRow[]> {
  const waiting = db
    .selectFrom('mail')
    .select(STORED_COLUMNS)
    .where('state', '=', 'stored')
    .where('stored_at', '<=', secondsAgo(olderThan))
    .orderBy('id')
    .limit(limit)
  const rows = await db
    .selectFrom(waiting.as('waiting'))
    .selectAll()
    .select(sql<string>`sum(size::bigint) OVER (ORDER BY id) - size`.as('before'))
    .orderBy('id')
    .execute()
  return rows.filter((row, i) => i === 0 || Number(row.before) + row.size <= bytes)
}

/**
 * Ends mails in quarantine: raw source kept, shown to admins, to be retried.
 * @param reasons by mail id.
 */
export async function quarantine(
  db: Database,
  reasons: ReadonlyMap<string, Explanation>,
): Promise<void> {
  if (reasons.size === 0) return
  const rows = recordset(
    'q',
    [...reasons].map(([id, reason]) => ({
      id,
      reason: wellFormedTexts(shortened(reason, 2000)),
    })),
    { id: 'uuid', reason: 'jsonb' },
  )
  await db
    .updateTable('mail')
    .from(rows)
    .set((eb) => ({
      state: 'settled',
      outcome: 'quarantine',
      outcome_reason: eb.ref('q.reason').$castTo<JsonText<Explanation>>(),
      settled_at: sql<Date>`now()`,
      attempts: eb('attempts', '+', 1),
    }))
    .whereRef('mail.id', '=', 'q.id')
    .where('mail.state', '=', 'stored')
    .execute()
}

/**
 * Gives a quarantined mail another try: back to stored.
 * @returns false when the mail is not in quarantine (any more).
 */
export async function releaseFromQuarantine(db: Database, mailId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mail')
    .set({ state: 'stored', outcome: null, outcome_reason: null, settled_at: null })
    .where('id', '=', mailId)
    .where('outcome', '=', 'quarantine')
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}
