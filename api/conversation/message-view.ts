import type { Explanation } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'
import { type Expression, expressionBuilder, type InferResult, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Attachment, Message } from '../../domain/conversation/contract.ts'
import type { PendingDelivery } from '../../domain/conversation/state.ts'
import { nobodyHasIt } from '../../domain/mail-out/delivery-flags.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { notFound } from '../http/problem.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { isAfter } from '../http/time-cursor.ts'

/**
 * The files of a message, note or document, in their order.
 * @param column that names whose they are.
 */
export const attachmentsOf = (
  column: 'message_id' | 'note_id' | 'document_id',
  owner: Expression<string>,
) =>
  jsonArrayFrom(
    expressionBuilder<DB>()
      .selectFrom('attachment as f')
      .select([
        'f.id',
        'f.filename',
        'f.content_type as contentType',
        'f.size',
        'f.inline',
        'f.content_id as contentId',
      ])
      .where(`f.${column}`, '=', owner)
      .orderBy('f.position')
      .orderBy('f.id'),
  )

/** Messages `m` that are part of a ticket's history, with what their view needs. */
const messages = (db: Database) =>
  db
    .selectFrom('message as m')
    .innerJoin('ticket_event as e', (join) =>
      join.onRef('e.ticket_number', '=', 'm.ticket_number').onRef('e.no', '=', 'm.event_no'),
    )
    .leftJoin('app_user as u', 'u.id', 'm.author_id')
    .select((eb) => [
      'm.id',
      'm.ticket_number as ticketNumber',
      'm.direction',
      'm.state',
      sql<Explanation | null>`nullif(m.state_detail, '""')`.as('stateExplanation'),
      'm.automatic',
      'm.one_way as oneWay',
      'm.from_address as fromAddress',
      'm.from_name as fromName',
      'm.to',
      'm.cc',
      'm.subject',
      'm.text',
      'm.text_visible as textVisible',
      'm.html',
      'm.flags',
      'u.id as authorId',
      'u.name as authorName',
      'u.email as authorEmail',
      'm.internet_id as internetId',
      'm.in_reply_to as inReplyTo',
      eb('m.source_sha256', 'is not', null).$castTo<boolean>().as('hasSource'),
      'm.date',
      'm.created_at as createdAt',
      'e.no as eventNo',
      'e.at as eventAt',
      attachmentsOf('message_id', eb.ref('m.id')).as('attachments'),
    ])

export type MessageRow = InferResult<ReturnType<typeof messages>>[number]

/**
 * The position of an item in a conversation: time of its event, then ticket and number of the event.
 */
export type TimelinePosition = [at: string, ticketNumber: number, eventNo: number]

/**
 * The messages of a conversation, with those of merged tickets and without those that were split
 * off.
 * @param after where the page begins.
 * @returns one more row than `limit`, when there is one.
 */
export const messageRows = (
  db: Database,
  ticketNumber: number,
  after: TimelinePosition | null,
  limit: number,
): Promise<MessageRow[]> => {
  const shown = sql<{ id: string }>`shown_messages(${ticketNumber})`.as<'shown'>(sql`shown(id)`)
  return messages(db)
    .innerJoin(shown, 'shown.id', 'm.id')
    .where((eb) => isAfter(eb, ['e.at', 'm.ticket_number', 'm.event_no'], '>', after))
    .orderBy('e.at')
    .orderBy('m.ticket_number')
    .orderBy('m.event_no')
    .limit(limit + 1)
    .execute()
}

/** @returns the message, when it belongs to the ticket and is part of its history. */
export const messageRow = (
  db: Database,
  ticketNumber: number,
  id: string,
): Promise<MessageRow | undefined> =>
  messages(db).where('m.ticket_number', '=', ticketNumber).where('m.id', '=', id).executeTakeFirst()

/** Nothing has begun to send it, or what was begun came to nothing. */
export const isWaiting = (state: MessageRow['state']): boolean =>
  state === 'held' || state === 'queued'

/** @param pending the tickets' messages on their way: whether they can be taken back, and until when they are held. */
export function messageOf(
  {
    fromAddress: address,
    fromName: name,
    authorId,
    authorName,
    authorEmail,
    date,
    createdAt,
    eventAt: _,
    ...row
  }: MessageRow,
  pending: readonly PendingDelivery[],
): Message {
  const delivery = isWaiting(row.state) ? pending.find((p) => p.messageId === row.id) : undefined
  return {
    ...row,
    stateDetail: row.stateExplanation && inEnglish(row.stateExplanation),
    from: { address, name },
    html: row.html === null ? null : withOwnImages(row.html, row.attachments),
    hasRemoteImages: row.html !== null && /\sdata-remote-src=/i.test(row.html),
    author:
      authorId === null ? null : { id: authorId, name: authorName ?? '', email: authorEmail ?? '' },
    date: date.toISOString(),
    createdAt: createdAt.toISOString(),
    heldUntil: row.state === 'held' ? (delivery?.notBefore ?? null) : null,
    revocable: delivery?.revocable !== undefined && nobodyHasIt(row.flags),
  }
}

/**
 * Stored HTML names images as the mail did (RFC 2392); a page asks for them by attachment. One that
 * the mail did not bring stays without source.
 */
function withOwnImages(html: string, attachments: readonly Attachment[]): string {
  const byContentId = new Map(
    attachments.flatMap(({ id, contentId }) =>
      contentId === null ? [] : [[contentId.toLowerCase(), id]],
    ),
  )
  return html.replace(
    /(\s(?:src|background)=)(["'])cid:([^"']*)\2/gi,
    (_all, attribute: string, quote: string, contentId: string) => {
      const id = byContentId.get(decoded(contentId).toLowerCase())
      return id === undefined ? '' : `${attribute}${quote}/api/v1/attachments/${id}${quote}`
    },
  )
}

function decoded(contentId: string): string {
  const plain = contentId.replaceAll('&amp;', '&')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

/** @throws ProblemError 404 */
export async function shownMessage(db: Database, number: number, id: string): Promise<Message> {
  const row = await messageRow(db, number, id)
  if (!row) throw notFound('such message')
  return messageOf(row, await pendingOf(db, [number]))
}

/** What waits to leave on these tickets. */
export async function pendingOf(
  db: Database,
  numbers: readonly number[],
): Promise<PendingDelivery[]> {
  if (numbers.length === 0) return []
  const rows = await db
    .selectFrom('ticket')
    .select((eb) => eb.ref('state', '->').key('pending').as('pending'))
    .where('number', '=', anyOf(numbers, 'integer'))
    .execute()
  return rows.flatMap((row) => row.pending)
}
