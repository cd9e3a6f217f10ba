import type { CommandPayload } from '../../domain/commands.ts'
import { replySubject, withSubjectTicket } from '../../domain/mail-in/subject-token.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { threadHeaders } from '../../domain/mail-out/thread-headers.ts'
import { languageOf } from '../../languages/language.ts'
import { newInternetId } from '../../platform/smtp/message-id.ts'
import { acknowledgementText } from './requester-texts.ts'
import {
  correspondenceOf,
  type OutboundContext,
} from '../../application/mail-out/correspondence.ts'
import { insertOutbound } from '../../application/mail-out/outbound-message.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'

/**
 * A new ticket whose requester is to be answered by a machine:
 * domain/mail-in/routing/acknowledgement.ts has decided so.
 */
export interface AcknowledgementInput {
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
 * @returns what the ticket's command carries.
 */
export async function prepareAcknowledgement(
  db: Database,
  input: AcknowledgementInput,
  context: OutboundContext,
): Promise<NonNullable<CommandPayload<'mailReceived'>['acknowledgement']>> {
  const writer = await correspondenceOf(db, context, input.departmentId, input.ticketNumber)
  const id = timeOrderedId()
  const language = languageOf(input.language)
  const text = acknowledgementText(language, {
    ticketNumber: input.ticketNumber,
    subject: input.subject,
    department: writer.departmentName,
    oneWay: writer.oneWay,
  })
  await insertOutbound(db, {
    id,
    ticketNumber: input.ticketNumber,
    held: false,
    automatic: true,
    oneWay: writer.oneWay,
    internetId: newInternetId(id, writer.from),
    ...threadHeaders(
      input.inReplyTo === null
        ? null
        : { internetId: input.inReplyTo, references: input.references },
    ),
    from: writer.from,
    to: [input.to],
    cc: [],
    replyTo: writer.replyTo,
    subject: replySubject(withSubjectTicket(input.subject, input.ticketNumber)),
    text,
    textVisible: text,
    html: null,
    language,
    authorId: null,
  })
  await db
    .insertInto('automatic_mail')
    .values({ id: timeOrderedId(), address: input.to.address, message_id: id })
    .execute()
  return {
    messageId: id,
    to: [input.to.address],
    preview: preview(text),
    hasAttachments: false,
    oneWay: writer.oneWay,
    holdMs: 0,
  }
}
