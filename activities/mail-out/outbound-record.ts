import type pg from 'pg'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import type { RefusedRecipient } from '../../platform/smtp/failure.ts'

/**
 * The message row as delivery's own memory. `queued`: no final dot has been sent, trying again is
 * safe. `sending`: the final dot may have been sent.
 * `sent`: the server said yes. Whatever kills the process, the row says which of the three it is.
 */
export interface OutboundRecord {
  id: string
  ticket_number: number
  event_no: number | null
  direction: 'inbound' | 'outbound'
  state: 'received' | 'held' | 'queued' | 'sending' | 'sent' | 'failed' | 'doubtful' | 'bounced'
  state_detail: string | null
  automatic: boolean
  one_way: boolean
  internet_id: string
  in_reply_to: string | null
  references: string[]
  from_address: string
  from_name: string
  to: MailAddress[]
  cc: MailAddress[]
  reply_to: MailAddress[]
  subject: string
  text: string
  html: string | null
  language: string | null
  flags: string[]
  source_sha256: string | null
  date: Date
  department_id: string | null
}

/** Flags of a message, shown with it. */
export const MAY_HAVE_ARRIVED_TWICE = 'may-have-arrived-twice'
const PUT_OFF = 'put-off:'
const REFUSED = 'refused:'

type Db = Pick<pg.Pool, 'query'>

export async function loadOutbound(db: Db, messageId: string): Promise<OutboundRecord | null> {
  const { rows } = await db.query<OutboundRecord>(
    `SELECT m.id, m.ticket_number, m.event_no, m.direction, m.state, m.state_detail, m.automatic, m.one_way, m.internet_id, m.in_reply_to, m."references",
       m.from_address, m.from_name, m."to", m.cc, m.reply_to, m.subject, m.text, m.html, m.language, m.flags, m.source_sha256, m.date, t.department_id
     FROM message m LEFT JOIN ticket t ON t.number = m.ticket_number WHERE m.id = $1`,
    [messageId],
  )
  return rows[0] ?? null
}

/** Whom this attempt is for: after a partial success only those whom the server had put off. */
export function recipientsOf({ to, cc, flags }: OutboundRecord): string[] {
  const putOff = flagged(flags, PUT_OFF)
  return putOff.length > 0 ? putOff : [...new Set([...to, ...cc].map(({ address }) => address))]
}

/** Recipients refused for good at an earlier attempt. */
export const refusedBefore = ({ flags }: OutboundRecord): string[] => flagged(flags, REFUSED)

/**
 * The rendered mail: the first one stored is the one that is sent, at every attempt.
 * @returns the hash that counts.
 */
export async function keepSource(db: Db, messageId: string, sha256: string): Promise<string> {
  const { rows } = await db.query<{ source_sha256: string }>(
    'UPDATE message SET source_sha256 = coalesce(source_sha256, $2) WHERE id = $1 RETURNING source_sha256',
    [messageId, sha256],
  )
  return rows[0]?.source_sha256 ?? sha256
}

/**
 * Immediately before the final dot.
 * @throws DeliverySupersededError when the message was taken back, or somebody else got here first.
 */
export async function recordFinalDot(db: Db, messageId: string): Promise<void> {
  const { rowCount } = await db.query(
    `UPDATE message SET state = 'sending' WHERE id = $1 AND state IN ('queued', 'held') AND event_no IS NOT NULL`,
    [messageId],
  )
  if (rowCount !== 1) throw new DeliverySupersededError()
}

/** The dot was not sent after all, or the server refused what came before it. */
export async function recordNotSent(db: Db, messageId: string, detail: string): Promise<void> {
  await db.query(
    `UPDATE message SET state = 'queued', state_detail = $2 WHERE id = $1 AND state IN ('queued', 'held', 'sending')`,
    [messageId, detail],
  )
}

export interface SentRecord {
  detail: string
  senderKind: 'department' | 'default-relay' | 'outbox'
  refused: readonly RefusedRecipient[]
}

/** Immediately after the server's yes. */
export async function recordSent(
  db: Db,
  messageId: string,
  { detail, senderKind, refused }: SentRecord,
): Promise<void> {
  await db.query(
    `UPDATE message SET state = 'sent', state_detail = $2, sender_kind = $3, sent_at = now(),
       flags = ARRAY(SELECT f FROM unnest(flags) f WHERE NOT starts_with(f, '${PUT_OFF}')) || $4::text[]
     WHERE id = $1 AND state IN ('queued', 'held', 'sending')`,
    [messageId, detail, senderKind, refused.map((r) => REFUSED + r.address)],
  )
}

/** The server took it for some, and put others off: they alone are tried again. */
export async function recordPutOff(
  db: Db,
  messageId: string,
  detail: string,
  putOff: readonly RefusedRecipient[],
  refused: readonly RefusedRecipient[],
): Promise<void> {
  await db.query(
    `UPDATE message SET state = 'queued', state_detail = $2,
       flags = ARRAY(SELECT f FROM unnest(flags) f WHERE NOT starts_with(f, '${PUT_OFF}')) || $3::text[]
     WHERE id = $1 AND state IN ('queued', 'held', 'sending')`,
    [
      messageId,
      detail,
      [...putOff.map((r) => PUT_OFF + r.address), ...refused.map((r) => REFUSED + r.address)],
    ],
  )
}

/**
 * Nobody can know whether it arrived. The first time it may be tried once more; the second time a
 * person decides.
 */
export async function recordDoubt(
  db: Db,
  { id, flags }: OutboundRecord,
  detail: string,
): Promise<'doubtful' | 'parked'> {
  const again = !flags.includes(MAY_HAVE_ARRIVED_TWICE)
  await db.query(
    `UPDATE message SET state = $2::text::"DeliveryState", state_detail = $3,
       flags = CASE WHEN $4 = ANY(flags) THEN flags ELSE array_append(flags, $4) END
     WHERE id = $1 AND state = 'sending'`,
    [id, again ? 'queued' : 'doubtful', detail, MAY_HAVE_ARRIVED_TWICE],
  )
  return again ? 'doubtful' : 'parked'
}

/** Taken back, or another worker is sending it: this attempt ends without the final dot. */
export class DeliverySupersededError extends Error {
  readonly code = 'delivery-superseded'
  constructor() {
    super('The message is being sent by another worker, or was taken back.')
  }
}

const flagged = (flags: readonly string[], prefix: string): string[] =>
  flags.filter((flag) => flag.startsWith(prefix)).map((flag) => flag.slice(prefix.length))
