import { randomInt } from 'node:crypto'
import type pg from 'pg'
import type { BlobStore } from '../../../platform/postgres/blobs.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { contentKey } from './content-key.ts'
import type { StoredRow } from '../../../domain/mail-in/routing/candidate.ts'

/** Above this a mail is not taken into memory: its header alone is kept, in quarantine. Bytes. */
export const LARGEST_MAIL = 150 * 1024 * 1024

/** @param size bytes. */
export const tooLarge = (size: number): string =>
  `mail-too-large: the mail has ${Math.ceil(size / 1048576)} MB and Guichet takes at most ${LARGEST_MAIL / 1048576} MB; only its header was kept. Ask the sender for a link instead of an attachment; the mail itself is still in the mailbox.`

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
  /**
   * Why the mail goes into quarantine at once, unrouted: a code, then words. Null for nearly every
   * mail.
   */
  refusal: string | null
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

const STORE = `
WITH mails AS (
  INSERT INTO mail (id, mailbox_id, source, folder, uid_validity, uid, content_key, blob_sha256, size, envelope_from, envelope_to, internal_date, state, outcome, outcome_reason, settled_at)
  SELECT m.id, m.mailbox_id, m.source, m.folder, m.uid_validity, m.uid, m.content_key, m.blob_sha256, m.size, m.envelope_from, m.envelope_to, m.internal_date,
    CASE WHEN m.refused IS NULL THEN 'stored' ELSE 'settled' END::"MailState", CASE WHEN m.refused IS NULL THEN NULL ELSE 'quarantine' END::"MailOutcome", m.refused,
    CASE WHEN m.refused IS NULL THEN NULL ELSE now() END
  FROM json_to_recordset($1::json) AS m(id uuid, mailbox_id uuid, source text, folder text, uid_validity bigint, uid bigint, content_key text, blob_sha256 text,
    size int, envelope_from text, envelope_to text[], internal_date timestamptz, refused text)
  ON CONFLICT (mailbox_id, folder, uid_validity, uid) DO NOTHING
  RETURNING id
), cursor AS (
  UPDATE mailbox SET last_uid = GREATEST(last_uid, $4), last_contact_at = now() WHERE id = $2 AND uid_validity = $3
)
SELECT id FROM mails`

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
  pool: pg.Pool,
  blobs: BlobStore,
  mails: readonly IncomingMail[],
  cursor?: Cursor,
): Promise<StoredMail[]> {
  if (mails.length === 0 && !cursor) return []
  // Blobs before rows: a blob without a row is only waste, a row without its blob would be a loss.
  const hashes = await blobs.putAll(mails.map((m) => m.raw))
  const rows = mails.map((mail, i) => ({
    id: timeOrderedId(),
    mailbox_id: mail.mailboxId,
    source: mail.source,
    folder: mail.folder,
    uid_validity: String(mail.uidValidity),
    uid: String(mail.uid),
    content_key: contentKey(mail.raw),
    blob_sha256: hashes[i]!,
    size: Math.min(mail.size, 2_147_483_647),
    envelope_from: mail.envelopeFrom,
    envelope_to: mail.envelopeTo,
    internal_date: mail.internalDate,
    refused: mail.refusal,
  }))
  const { rows: inserted } = await pool.query<{ id: string }>({
    name: 'mail-store',
    text: STORE,
    values: [
      JSON.stringify(rows),
      cursor?.mailboxId ?? null,
      String(cursor?.uidValidity ?? 0),
      String(cursor?.lastUid ?? 0),
    ],
  })
  const fresh = new Set(inserted.map((r) => r.id))
  return mails.flatMap((mail, i): StoredMail[] => {
    const { id, content_key: contentKey, blob_sha256: blobSha256, size } = rows[i]!
    return fresh.has(id) && mail.refusal === null
      ? [{ row: { ...mail, id, contentKey, blobSha256, size }, raw: mail.raw }]
      : []
  })
}

/**
 * A number of our own in place of a UID, for mail that no IMAP server numbered: grows with time,
 * unique among processes.
 */
export const receiverUid = (now = Date.now()): bigint =>
  (BigInt(now) << 20n) | BigInt(randomInt(1 << 20))

/**
 * Mails left behind by a process that died between storing and routing, oldest first.
 * @param olderThan seconds since they were stored: younger ones are still in somebody's hands.
 * @param bytes of raw source together; the first mail comes whatever its size.
 */
export async function readStored(
  db: Pick<pg.Pool, 'query'>,
  limit: number,
  olderThan: number,
  bytes = 32_000_000,
): Promise<StoredRow[]> {
  const { rows } = await db.query<StoredRow & { before: string }>(
    `SELECT id, mailbox_id AS "mailboxId", source, content_key AS "contentKey", blob_sha256 AS "blobSha256", size, envelope_from AS "envelopeFrom",
       envelope_to AS "envelopeTo", internal_date AS "internalDate", sum(size::bigint) OVER (ORDER BY id) - size AS before
     FROM (SELECT * FROM mail WHERE state = 'stored' AND stored_at <= now() - make_interval(secs => $2) ORDER BY id LIMIT $1) AS waiting ORDER BY id`,
    [limit, olderThan],
  )
  return rows.filter((row, i) => i === 0 || Number(row.before) + row.size <= bytes)
}

/**
 * Ends mails in quarantine: raw source kept, shown to admins, to be retried.
 * @param reasons by mail id: a code, then what went wrong in words.
 */
export async function quarantine(
  db: Pick<pg.Pool, 'query'>,
  reasons: ReadonlyMap<string, string>,
): Promise<void> {
  if (reasons.size === 0) return
  await db.query(
    `UPDATE mail SET state = 'settled', outcome = 'quarantine', outcome_reason = q.reason, settled_at = now(), attempts = attempts + 1
     FROM unnest($1::uuid[], $2::text[]) AS q(id, reason) WHERE mail.id = q.id AND mail.state = 'stored'`,
    [[...reasons.keys()], [...reasons.values()].map((r) => r.replaceAll('\0', '').slice(0, 2000))],
  )
}

/**
 * Gives a quarantined mail another try: back to stored.
 * @returns false when the mail is not in quarantine (any more).
 */
export async function releaseFromQuarantine(
  db: Pick<pg.Pool, 'query'>,
  mailId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mail SET state = 'stored', outcome = NULL, outcome_reason = NULL, settled_at = NULL WHERE id = $1 AND outcome = 'quarantine'`,
    [mailId],
  )
  return rowCount === 1
}
