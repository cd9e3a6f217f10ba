import type { Client } from '@temporalio/client'
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
import {
  CommandRejectedError,
  executeWithTimeout,
} from '../../application/tickets/ticket-workflow.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'
import { REMINDER } from '../mail-out/render.ts'

type Reminder = CommandPayload<'queueReminder'>

interface Order {
  ticket_number: number
  event_no: number
  kind: 'reminder' | 'closing'
  since: Date
  closes_at: Date | null
  command: Reminder | null
}

/**
 * How a written reminder reaches its ticket; once it has returned, it is decided whether it leaves.
 */
export type QueueReminder = (ticketNumber: number, id: string, reminder: Reminder) => Promise<void>

/** @param stop ends the waiting for answers. */
export const queueThroughTemporal =
  (client: Client, stop?: AbortSignal): QueueReminder =>
  async (number, id, payload) => {
    await executeWithTimeout(client, stop, { number, resume: true }, 'queueReminder', {
      id,
      actor: SYSTEM,
      payload,
    })
  }

const MOST = 20

/**
 * Taken for a minute, then for longer: whoever dies with one in hand leaves it to the next pass.
 */
const CLAIM = `
UPDATE reminder_job o SET attempts = o.attempts + 1, due_at = now() + make_interval(secs => LEAST(60 * 2 ^ LEAST(o.attempts, 6), 3600))
FROM (SELECT ticket_number, event_no FROM reminder_job WHERE settled_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT ${MOST} FOR UPDATE SKIP LOCKED) due
WHERE o.ticket_number = due.ticket_number AND o.event_no = due.event_no
RETURNING o.ticket_number, o.event_no, o.kind, o.since, o.closes_at, o.command`

/**
 * Writes the mails that waiting tickets have asked for, and hands them to their tickets. Written
 * down before it is sent, with its id, so that a reminder leaves once however often this is cut
 * off.
 * @returns how many were seen to.
 */
export async function writeReminders(
  pool: pg.Pool,
  context: OutboundContext,
  queue: QueueReminder,
): Promise<number> {
  const { rows } = await pool.query<Order>(CLAIM)
  let failure: unknown = null
  for (const order of rows) {
    try {
      await seeTo(order)
    } catch (error) {
      failure = error
    }
  }
  if (failure) throw failure as Error
  return rows.length

  async function seeTo(order: Order): Promise<void> {
    const reminder = order.command ?? (await compose(pool, context, order))
    if (reminder) {
      try {
        await queue(
          order.ticket_number,
          `reminder-${order.ticket_number}-${order.event_no}`,
          reminder,
        )
      } catch (error) {
        if (!(error instanceof CommandRejectedError)) throw error
      }
      // The requester was quicker: nothing leaves, and nothing of it stays.
      await pool.query(
        'DELETE FROM message_reference WHERE message_id = (SELECT id FROM message WHERE id = $1 AND event_no IS NULL)',
        [reminder.messageId],
      )
      await pool.query('DELETE FROM message WHERE id = $1 AND event_no IS NULL', [
        reminder.messageId,
      ])
    }
    await pool.query(
      'UPDATE reminder_job SET settled_at = now() WHERE ticket_number = $1 AND event_no = $2',
      [order.ticket_number, order.event_no],
    )
  }
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
  { ticket_number: number, event_no, kind, since, closes_at }: Order,
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
      kind === 'closing' ? closingText(language, facts) : reminderText(language, facts, closes_at)
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
      since: since.toISOString(),
      messageId: id,
      to: [ticket.requester_email],
      preview: preview(text),
      hasAttachments: false,
      oneWay: writer.oneWay,
      holdMs: 0,
    }
    await db.query(
      'UPDATE reminder_job SET command = $3 WHERE ticket_number = $1 AND event_no = $2',
      [number, event_no, JSON.stringify(reminder)],
    )
    return reminder
  })
