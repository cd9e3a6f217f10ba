import { type InferResult, type Selectable, sql } from 'kysely'
import type { Explanation } from '../../domain/explanation.ts'
import { MAY_HAVE_ARRIVED_TWICE, PUT_OFF } from '../../domain/mail-out/delivery-flags.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { jsonOf } from '../../platform/postgres/json.ts'
import type { RefusedRecipient } from '../../platform/smtp/failure.ts'

/**
 * The message row as delivery's own memory. `queued`: no final dot has been sent, trying again is
 * safe. `sending`: the final dot may have been sent.
 * `sent`: the server said yes. Whatever kills the process, the row says which of the three it is.
 */
export type OutboundRecord = InferResult<ReturnType<typeof outboundRecord>>[number]

/** A flag, shown with the message. */
const REFUSED = 'refused:'

const outboundRecord = (db: Database, messageId: string) =>
  db
    .selectFrom('message as m')
    .leftJoin('ticket as t', 't.number', 'm.ticket_number')
    .select([
      'm.id',
      'm.ticket_number',
      'm.event_no',
      'm.direction',
      'm.state',
      'm.state_detail',
      'm.automatic',
      'm.one_way',
      'm.internet_id',
      'm.in_reply_to',
      'm.references',
      'm.from_address',
      'm.from_name',
      'm.to',
      'm.cc',
      'm.reply_to',
      'm.subject',
      'm.text',
      'm.html',
      'm.language',
      'm.flags',
      'm.source_sha256',
      'm.date',
      't.department_id',
    ])
    .select((eb) =>
      eb
        .selectFrom('attachment as a')
        .innerJoin('blob as b', 'b.sha256', 'a.blob_sha256')
        .whereRef('a.message_id', '=', 'm.id')
        .select(sql<number>`coalesce(sum(b.size), 0)::float`.as('bytes'))
        .as('attached_bytes'),
    )
    .where('m.id', '=', messageId)
    // What we write has one.
    .$narrowType<{ internet_id: string }>()

export const loadOutbound = async (
  db: Database,
  messageId: string,
): Promise<OutboundRecord | null> =>
  (await outboundRecord(db, messageId).executeTakeFirst()) ?? null

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
export async function keepSource(db: Database, messageId: string, sha256: string): Promise<string> {
  const kept = await db
    .updateTable('message')
    .set((eb) => ({
      source_sha256: eb.fn.coalesce('source_sha256', eb.val(sha256)),
    }))
    .where('id', '=', messageId)
    .returning('source_sha256')
    .executeTakeFirst()
  return kept?.source_sha256 ?? sha256
}

/**
 * Immediately before the final dot.
 * @throws DeliverySupersededError when the message was taken back, or somebody else got here first.
 */
export async function recordFinalDot(db: Database, messageId: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('message')
    .set({ state: 'sending' })
    .where('id', '=', messageId)
    .where('state', 'in', ['queued', 'held'])
    .where('event_no', 'is not', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw new DeliverySupersededError()
}

/**
 * Keeps these messages from being sent until the transaction ends: whoever would waits for it in
 * `recordFinalDot`.
 * @returns those of which something has left, or may have.
 */
export async function keepFromLeaving(
  db: Database,
  messageIds: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('message')
    .select([
      'id',
      sql<boolean>`state IN ('queued', 'held') AND NOT EXISTS (
        SELECT 1 FROM unnest(flags) AS f WHERE f = ${MAY_HAVE_ARRIVED_TWICE} OR starts_with(f, ${PUT_OFF})
      )`.as('unsent'),
    ])
    .where('id', '=', anyOf(messageIds, 'uuid'))
    .forUpdate()
    .execute()
  return rows.flatMap(({ id, unsent }) => (unsent ? [] : [id]))
}

/** A message that has not been sent, as far as anybody knows. */
const unsent = (db: Database, messageId: string) =>
  db
    .updateTable('message')
    .where('id', '=', messageId)
    .where('state', 'in', ['queued', 'held', 'sending'])

/** The dot was not sent after all, or the server refused what came before it. */
export const recordNotSent = async (
  db: Database,
  messageId: string,
  detail: Explanation,
): Promise<void> =>
  void (await unsent(db, messageId)
    .set({ state: 'queued', state_detail: jsonOf(detail) })
    .execute())

export interface SentRecord {
  detail: Explanation
  senderKind: NonNullable<Selectable<DB['message']>['sender_kind']>
  refused: readonly RefusedRecipient[]
}

/** Immediately after the server's yes. */
export const recordSent = async (
  db: Database,
  messageId: string,
  { detail, senderKind, refused }: SentRecord,
): Promise<void> =>
  void (await unsent(db, messageId)
    .set({
      state: 'sent',
      state_detail: jsonOf(detail),
      sender_kind: senderKind,
      sent_at: sql<Date>`now()`,
      flags: putOffNoMore(refused.map((r) => REFUSED + r.address)),
    })
    .execute())

/** The server took it for some, and put others off: they alone are tried again. */
export const recordPutOff = async (
  db: Database,
  messageId: string,
  detail: Explanation,
  putOff: readonly RefusedRecipient[],
  refused: readonly RefusedRecipient[],
): Promise<void> =>
  void (await unsent(db, messageId)
    .set({
      state: 'queued',
      state_detail: jsonOf(detail),
      flags: putOffNoMore([
        ...putOff.map((r) => PUT_OFF + r.address),
        ...refused.map((r) => REFUSED + r.address),
      ]),
    })
    .execute())

/** The message's flags, without whom an earlier attempt had put off, and with others. */
const putOffNoMore = (others: readonly string[]) =>
  sql<
    string[]
  >`array(SELECT f FROM unnest(flags) f WHERE NOT starts_with(f, ${PUT_OFF})) || ${others}::text[]`

/**
 * Nobody can know whether it arrived. The first time it may be tried once more; the second time a
 * person decides.
 */
export async function recordDoubt(
  db: Database,
  { id, flags }: OutboundRecord,
  detail: Explanation,
): Promise<'doubtful' | 'parked'> {
  const again = !flags.includes(MAY_HAVE_ARRIVED_TWICE)
  await db
    .updateTable('message')
    .set((eb) => ({
      state: again ? 'queued' : 'doubtful',
      state_detail: jsonOf(detail),
      flags: eb
        .case()
        .when(eb.val(MAY_HAVE_ARRIVED_TWICE), '=', eb.fn.any('flags'))
        .then(eb.ref('flags'))
        .else(eb.fn<string[]>('array_append', ['flags', eb.val(MAY_HAVE_ARRIVED_TWICE)]))
        .end(),
    }))
    .where('id', '=', id)
    .where('state', '=', 'sending')
    .execute()
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
