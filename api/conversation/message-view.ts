import type pg from 'pg'
import type { Attachment, Message } from '../../domain/conversation/contract.ts'
import type { PendingDelivery } from '../../domain/conversation/state.ts'

export interface MessageRow {
  id: string
  ticket_number: number
  event_no: number
  direction: Message['direction']
  state: Message['state']
  state_detail: string | null
  automatic: boolean
  one_way: boolean
  from_address: string
  from_name: string
  to: Message['to']
  cc: Message['cc']
  subject: string
  text: string
  text_visible: string
  html: string | null
  flags: string[]
  author_id: string | null
  author_name: string | null
  author_email: string | null
  internet_id: string | null
  has_source: boolean
  date: Date
  created_at: Date
  attachments: Attachment[]
}

/**
 * The attachments of a message or note as one JSON column.
 * @param owner `message_id = m.id`
 */
export const attachmentsOf = (owner: string): string =>
  `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'filename', a.filename, 'contentType', a.content_type, 'size', a.size, 'inline', a.inline, 'contentId', a.content_id)
     ORDER BY a.position, a.id), '[]') FROM attachment a WHERE a.${owner})`

const COLUMNS = `m.id, m.ticket_number, m.event_no, m.direction, m.state, nullif(m.state_detail, '') AS state_detail, m.automatic, m.one_way, m.from_address, m.from_name, m."to", m.cc, m.subject,
    m.text, m.text_visible, m.html, m.flags, m.author_id, u.name AS author_name, u.email AS author_email, m.internet_id, m.source_sha256 IS NOT NULL AS has_source, m.date, m.created_at,
    ${attachmentsOf('message_id = m.id')} AS attachments`
const AUTHOR = 'LEFT JOIN app_user u ON u.id = m.author_id'

type Db = Pick<pg.Pool, 'query'>

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
export const messageRows = async (
  db: Db,
  ticketNumber: number,
  after: TimelinePosition | null,
  limit: number,
): Promise<(MessageRow & { event_at: Date })[]> =>
  (
    await db.query<MessageRow & { event_at: Date }>(
      `SELECT ${COLUMNS}, e.at AS event_at
     FROM shown_messages($1) AS shown (id) JOIN message m ON m.id = shown.id JOIN ticket_event e ON e.ticket_number = m.ticket_number AND e.no = m.event_no ${AUTHOR}
     WHERE (e.at, m.ticket_number, m.event_no) > ($2::timestamptz, $3::int, $4::int) ORDER BY e.at, m.ticket_number, m.event_no LIMIT $5`,
      [ticketNumber, ...(after ?? ['-infinity', 0, 0]), limit + 1],
    )
  ).rows

/** @returns the message, when it belongs to the ticket and is part of its history. */
export const messageRow = async (
  db: Db,
  ticketNumber: number,
  id: string,
): Promise<MessageRow | null> =>
  (
    await db.query<MessageRow>(
      `SELECT ${COLUMNS} FROM message m ${AUTHOR} WHERE m.ticket_number = $1 AND m.id = $2 AND m.event_no IS NOT NULL`,
      [ticketNumber, id],
    )
  ).rows[0] ?? null

/** @param pending the ticket's messages on their way: those held back say until when. */
export function messageOf(row: MessageRow, pending: readonly PendingDelivery[]): Message {
  return {
    id: row.id,
    ticketNumber: row.ticket_number,
    direction: row.direction,
    state: row.state,
    stateDetail: row.state_detail,
    automatic: row.automatic,
    oneWay: row.one_way,
    from: { address: row.from_address, name: row.from_name },
    to: row.to,
    cc: row.cc,
    subject: row.subject,
    text: row.text,
    textVisible: row.text_visible,
    html: row.html === null ? null : withOwnImages(row.html, row.attachments),
    hasRemoteImages: row.html !== null && /\sdata-remote-src=/i.test(row.html),
    flags: row.flags,
    author:
      row.author_id === null || row.author_name === null
        ? null
        : { id: row.author_id, name: row.author_name, email: row.author_email ?? '' },
    internetId: row.internet_id,
    attachments: row.attachments,
    date: row.date.toISOString(),
    createdAt: row.created_at.toISOString(),
    eventNo: row.event_no,
    heldUntil:
      row.state === 'held'
        ? (pending.find((p) => p.messageId === row.id)?.notBefore ?? null)
        : null,
    hasSource: row.has_source,
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
