import type pg from 'pg'
import type { CommandPayload } from '../../domain/commands.ts'
import { replySubject, withSubjectTicket } from '../../domain/mail-in/subject-token.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { threadHeaders } from '../../domain/mail-out/thread-headers.ts'
import { languageOf } from '../../languages/language.ts'
import { closingText, reminderText } from '../mail-out/requester-texts.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { newInternetId } from '../../platform/smtp/message-id.ts'
import {
  correspondenceOf,
  type OutboundContext,
} from '../../application/mail-out/correspondence.ts'
import { answeredMessage } from '../../application/mail-out/answered-message.ts'
import { insertOutbound } from '../../application/mail-out/outbound-message.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'
import type { JobInput, PreparedCommand } from '../../workflows/ticket/activities.ts'
import { REMINDER } from '../mail-out/render.ts'

type Reminder = CommandPayload<'queueReminder'>

interface DueReminder {
  kind: 'reminder' | 'closing'
  since: string
  closesAt: string | null
}

/**
 * The mail that a waiting ticket has asked for. Written down with its command before anything is
 * sent, so that it leaves once however often this is cut off; whether it leaves at all is the
 * ticket's decision.
 */
export async function waitingReminder(
  pool: pg.Pool,
  context: OutboundContext,
  { ticketNumber, eventNo }: JobInput,
): Promise<PreparedCommand<'queueReminder'>[]> {
  const {
    rows: [job],
  } = await pool.query<{ due: DueReminder; command: Reminder | null }>(
    `SELECT e.data AS due, j.command FROM ticket_job j JOIN ticket_event e ON e.ticket_number = j.ticket_number AND e.no = j.event_no
     WHERE j.ticket_number = $1 AND j.kind = 'reminder' AND j.event_no = $2`,
    [ticketNumber, eventNo],
  )
  if (!job) return []
  const payload = job.command ?? (await compose(pool, context, ticketNumber, eventNo, job.due))
  if (!payload) return []
  return [
    {
      name: 'queueReminder',
      command: { id: `reminder-${ticketNumber}-${eventNo}`, actor: SYSTEM, payload },
    },
  ]
}

interface TicketRow {
  subject: string
  department_id: string
  requester_email: string
  requester_name: string
}

/** @returns null when there is nobody to write to: no address, or one of our own. */
const compose = (
  pool: pg.Pool,
  context: OutboundContext,
  number: number,
  eventNo: number,
  { kind, since, closesAt }: DueReminder,
): Promise<Reminder | null> =>
  inTransaction(pool, async (db) => {
    const query = pgQuery(db)
    const {
      rows: [ticket],
    } = await db.query<TicketRow>(
      'SELECT subject, department_id, requester_email, requester_name FROM ticket WHERE number = $1',
      [number],
    )
    const writer = ticket
      ? await correspondenceOf(query, context, ticket.department_id, number)
      : null
    if (!ticket?.requester_email.includes('@') || !writer || writer.isOwn(ticket.requester_email))
      return null
    const id = timeOrderedId()
    const parent = await answeredMessage(query, number)
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
    await insertOutbound(query, {
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
    await db.query('INSERT INTO automatic_mail (id, address, message_id) VALUES ($1, $2, $3)', [
      timeOrderedId(),
      ticket.requester_email,
      id,
    ])
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
    await db.query(
      `UPDATE ticket_job SET command = $3 WHERE ticket_number = $1 AND kind = 'reminder' AND event_no = $2`,
      [number, eventNo, JSON.stringify(reminder)],
    )
    return reminder
  })
