import type { CommandPayload } from '../../domain/commands.ts'
import { replySubject, withSubjectTicket } from '../../domain/mail/subject-token.ts'
import type { MailAddress } from '../../domain/mail/parsed-mail.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { threadHeaders } from '../../domain/mail-out/thread-headers.ts'
import { acknowledgementText, mailLanguage } from '../../domain/mail-out/wording.ts'
import {
  correspondenceOf,
  newInternetId,
  type OutboundContext,
} from '../../platform/correspondence.ts'
import { insertOutbound } from '../../platform/outbound-row.ts'
import type { Query } from '../../platform/query.ts'
import { timeOrderedId } from '../../platform/time-ordered-id.ts'

/**
 * A new ticket whose requester may be answered by a machine: the caller has asked RFC 3834 and the
 * rate limit.
 */
export interface AcknowledgementOrder {
  ticketNumber: number
  departmentId: string
  to: MailAddress
  subject: string
  /** Message-ID of the mail that opened the ticket, without brackets; null when it had none. */
  inReplyTo: string | null
  /** That mail's own References. */
  references: readonly string[]
  language: string | null
}

/**
 * Writes "we have received your request" into the claim check and into the rate limit's memory.
 * Call it inside the transaction that routes the mail.
 * @returns what the ticket's command carries; undefined when the department does not acknowledge,
 *   or the recipient is one of our own addresses.
 */
export async function prepareAcknowledgement(
  query: Query,
  order: AcknowledgementOrder,
  context: OutboundContext,
): Promise<CommandPayload<'mailReceived'>['acknowledgement']> {
  const writer = await correspondenceOf(query, context, order.departmentId, order.ticketNumber)
  if (!writer.acknowledge || order.to.address === '' || writer.isOwn(order.to.address))
    return undefined

  const id = timeOrderedId()
  const language = mailLanguage(order.language)
  const text = acknowledgementText(language, {
    ticketNumber: order.ticketNumber,
    subject: order.subject,
    department: writer.departmentName,
    oneWay: writer.oneWay,
  })
  await insertOutbound(query, {
    id,
    ticketNumber: order.ticketNumber,
    held: false,
    automatic: true,
    oneWay: writer.oneWay,
    internetId: newInternetId(id, writer.from),
    ...threadHeaders(
      order.inReplyTo === null
        ? null
        : { internetId: order.inReplyTo, references: order.references },
    ),
    from: writer.from,
    to: [order.to],
    cc: [],
    replyTo: writer.replyTo,
    subject: replySubject(withSubjectTicket(order.subject, order.ticketNumber)),
    text,
    textVisible: text,
    html: null,
    language,
    authorId: null,
  })
  await query(
    'INSERT INTO automatic_mail (id, address, message_id) VALUES ($1::uuid, $2::text, $3::uuid)',
    [timeOrderedId(), order.to.address, id],
  )
  return {
    messageId: id,
    to: [order.to.address],
    preview: preview(text),
    hasAttachments: false,
    oneWay: writer.oneWay,
    holdMs: 0,
  }
}
