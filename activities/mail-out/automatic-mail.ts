import type { CommandPayload } from '../../domain/commands.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { replySubject, withSubjectTicket } from '../../domain/mail-in/subject-token.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { type Answered, threadHeaders } from '../../domain/mail-out/thread-headers.ts'
import type { Language } from '../../languages/language.ts'
import type { Correspondence } from '../../application/mail-out/correspondence.ts'
import { insertOutbound } from '../../application/mail-out/outbound-message.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { newInternetId } from '../../platform/smtp/message-id.ts'

/** A mail that Guichet writes by itself to a ticket's requester. */
export interface AutomaticMail {
  ticketNumber: number
  to: MailAddress
  /** What it answers; null: nothing. */
  parent: Answered | null
  /** The ticket's. */
  subject: string
  text: string
  language: Language
  flags?: string[]
}

/**
 * Writes it into the claim check and into the rate limit's memory.
 * @param writer the department that writes.
 * @returns what the ticket's command carries of it.
 */
export async function insertAutomatic(
  db: Database,
  writer: Correspondence,
  { ticketNumber, to, parent, subject, text, language, flags = [] }: AutomaticMail,
): Promise<NonNullable<CommandPayload<'mailReceived'>['acknowledgement']>> {
  const id = timeOrderedId()
  await insertOutbound(db, {
    id,
    ticketNumber,
    held: false,
    automatic: true,
    oneWay: writer.oneWay,
    internetId: newInternetId(id, writer.from),
    ...threadHeaders(parent),
    from: writer.from,
    to: [to],
    cc: [],
    replyTo: writer.replyTo,
    subject: replySubject(withSubjectTicket(subject, ticketNumber)),
    text,
    textVisible: text,
    html: null,
    language,
    authorId: null,
    flags,
  })
  await db
    .insertInto('automatic_mail')
    .values({ id: timeOrderedId(), address: to.address, message_id: id })
    .execute()
  return {
    messageId: id,
    to: [to.address],
    preview: preview(text),
    hasAttachments: false,
    oneWay: writer.oneWay,
    holdMs: 0,
  }
}
