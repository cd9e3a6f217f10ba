import type { CommandPayload } from '../../domain/commands.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { languageOf } from '../../languages/language.ts'
import { insertAutomatic } from './automatic-mail.ts'
import { acknowledgementText } from './requester-texts.ts'
import {
  correspondenceOf,
  type OutboundContext,
} from '../../application/mail-out/correspondence.ts'
import type { Database } from '../../platform/postgres/database.ts'

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
 * Writes "we have received your request". Call it inside the transaction that routes the mail.
 * @returns what the ticket's command carries.
 */
export async function prepareAcknowledgement(
  db: Database,
  input: AcknowledgementInput,
  context: OutboundContext,
): Promise<NonNullable<CommandPayload<'mailReceived'>['acknowledgement']>> {
  const { ticketNumber, departmentId, to, subject, inReplyTo, references } = input
  const writer = await correspondenceOf(db, context, departmentId, ticketNumber)
  const language = languageOf(input.language)
  const text = acknowledgementText(language, {
    ticketNumber,
    subject,
    department: writer.departmentName,
    oneWay: writer.oneWay,
  })
  const parent = inReplyTo === null ? null : { internetId: inReplyTo, references }
  return insertAutomatic(db, writer, { ticketNumber, to, parent, subject, text, language })
}
