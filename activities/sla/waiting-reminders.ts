import type { CommandPayload } from '../../domain/commands.ts'
import { type Language, languageOf } from '../../languages/language.ts'
import { insertAutomatic } from '../mail-out/automatic-mail.ts'
import { closingText, reminderText, type RequestFacts } from '../mail-out/requester-texts.ts'
import type { EventData } from '../../domain/events.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import {
  correspondenceOf,
  type OutboundContext,
} from '../../application/mail-out/correspondence.ts'
import { answeredMessage } from '../../application/mail-out/answered-message.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
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
  due: EventData<'reminderDue'>,
): Promise<Reminder | null> =>
  db.transaction().execute(async (transaction) => {
    const ticket = await transaction
      .selectFrom('ticket')
      .select(['subject', 'department_id', 'requester_email as address', 'requester_name as name'])
      .where('number', '=', number)
      .executeTakeFirst()
    if (!ticket?.address.includes('@')) return null
    const { subject, department_id, ...to } = ticket
    const writer = await correspondenceOf(transaction, context, department_id, number)
    if (writer.isOwn(to.address)) return null
    const parent = await answeredMessage(transaction, number)
    const language = languageOf(parent?.language)
    const text = textOf(due, language, {
      ticketNumber: number,
      subject,
      department: writer.departmentName,
      oneWay: writer.oneWay,
    })
    const mail = { ticketNumber: number, to, parent, subject, text, language, flags: [REMINDER] }
    const reminder: Reminder = {
      kind: due.kind,
      since: due.since,
      ...(await insertAutomatic(transaction, writer, mail)),
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

const textOf = (
  { kind, closesAt }: EventData<'reminderDue'>,
  language: Language,
  facts: RequestFacts,
): string =>
  kind === 'closing'
    ? closingText(language, facts)
    : reminderText(language, facts, closesAt === null ? null : new Date(closesAt))
