import type { CommandPayload } from '../../domain/commands.ts'
import { replySubject, withSubjectTicket } from '../../domain/mail-in/subject-token.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { threadHeaders } from '../../domain/mail-out/thread-headers.ts'
import { languageOf } from '../../languages/language.ts'
import { closingText, reminderText } from '../mail-out/requester-texts.ts'
import type { EventData } from '../../domain/events.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { newInternetId } from '../../platform/smtp/message-id.ts'
import {
  correspondenceOf,
  type OutboundContext,
} from '../../application/mail-out/correspondence.ts'
import { answeredMessage } from '../../application/mail-out/answered-message.ts'
import { insertOutbound } from '../../application/mail-out/outbound-message.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import type { JobInput, PreparedCommand } from '../../workflows/ticket/activities.ts'
import { REMINDER } from '../mail-out/render.ts'

type Reminder = CommandPayload<'queueReminder'>

/**
 * The mail that a waiting ticket has asked for. Written down with its command before anything is
 * sent, so that it leaves once however often this is cut off; whether it leaves at all is the
 * ticket's decision.
 */
export async function waitingReminder(
  db: Database,
  context: OutboundContext,
  { ticketNumber, eventNo }: JobInput,
): Promise<PreparedCommand<'queueReminder'>[]> {
  const job = await db
    .selectFrom('ticket_job as j')
    .innerJoin('ticket_event as e', (join) =>
      join.onRef('e.ticket_number', '=', 'j.ticket_number').onRef('e.no', '=', 'j.event_no'),
    )
    .select(['e.data as due', 'j.command'])
    .where('j.ticket_number', '=', ticketNumber)
    .where('j.kind', '=', 'reminder')
    .where('j.event_no', '=', eventNo)
    .$narrowType<{ due: EventData<'reminderDue'> }>()
    .executeTakeFirst()
  if (!job) return []
  const payload = job.command ?? (await compose(db, context, ticketNumber, eventNo, job.due))
  if (!payload) return []
  return [
    {
      name: 'queueReminder',
      command: { id: `reminder-${ticketNumber}-${eventNo}`, actor: SYSTEM, payload },
    },
  ]
}

/** @returns null when there is nobody to write to: no address, or one of our own. */
const compose = (
  db: Database,
  context: OutboundContext,
  number: number,
  eventNo: number,
  { kind, since, closesAt }: EventData<'reminderDue'>,
): Promise<Reminder | null> =>
  db.transaction().execute(async (transaction) => {
    const ticket = await transaction
      .selectFrom('ticket')
      .select(['subject', 'department_id', 'requester_email', 'requester_name'])
      .where('number', '=', number)
      .executeTakeFirst()
    const writer = ticket
      ? await correspondenceOf(transaction, context, ticket.department_id, number)
      : null
    if (!ticket?.requester_email.includes('@') || !writer || writer.isOwn(ticket.requester_email))
      return null
    const id = timeOrderedId()
    const parent = await answeredMessage(transaction, number)
    const language = languageOf(parent?.language)
    const facts = {
      ticketNumber: number,
      subject: ticket.subject,
      department: writer.departmentName,
      oneWay: writer.oneWay,
    }
    const text =
      kind === 'closing'
        ? closingText(language, facts)
        : reminderText(language, facts, closesAt === null ? null : new Date(closesAt))
    await insertOutbound(transaction, {
      id,
      ticketNumber: number,
      held: false,
      automatic: true,
      oneWay: writer.oneWay,
      internetId: newInternetId(id, writer.from),
      ...threadHeaders(parent),
      from: writer.from,
      to: [{ address: ticket.requester_email, name: ticket.requester_name }],
      cc: [],
      replyTo: writer.replyTo,
      subject: replySubject(withSubjectTicket(ticket.subject, number)),
      text,
      textVisible: text,
      html: null,
      language,
      authorId: null,
      flags: [REMINDER],
    })
    await transaction
      .insertInto('automatic_mail')
      .values({ id: timeOrderedId(), address: ticket.requester_email, message_id: id })
      .execute()
    const reminder: Reminder = {
      kind,
      since,
      messageId: id,
      to: [ticket.requester_email],
      preview: preview(text),
      hasAttachments: false,
      oneWay: writer.oneWay,
      holdMs: 0,
    }
    await transaction
      .updateTable('ticket_job')
      .set({ command: jsonb(reminder) })
      .where('ticket_number', '=', number)
      .where('kind', '=', 'reminder')
      .where('event_no', '=', eventNo)
      .execute()
    return reminder
  })
