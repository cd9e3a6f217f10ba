import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { CommandPayload } from '../../domain/commands.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * The ticket that split-off messages become; who took part in them takes part in it.
 * @param from the ticket that they came to.
 * @returns null when the split was undone before.
 */
export async function splitTicket(
  db: Database,
  splitId: string,
  from: number,
): Promise<CommandPayload<'openSplit'> | null> {
  const split = await splitWithMessages(db, splitId, from).executeTakeFirst()
  const last = split?.messages.at(-1)
  if (!split || !last) return null
  await copyParticipants(db, splitId, split.into)
  const writer = split.messages.find((m) => m.direction === 'inbound' && m.address !== '')
  return {
    splitId,
    from,
    fromSubject: split.fromSubject,
    subject: split.subject,
    department: { id: split.departmentId, name: split.departmentName },
    priority: split.priority,
    requester: writer
      ? { email: writer.address, name: writer.name }
      : { email: split.requesterEmail, name: split.requesterName },
    messageIds: split.messages.flatMap(({ id, counts }) => (counts ? [id] : [])),
    preview: last.text.replace(/\s+/g, ' ').trim(),
    hasAttachments: split.messages.some((message) => message.hasAttachments),
    lastMessageAt: new Date(last.at).toISOString(),
    lastDirection: last.direction,
  }
}

/** A split with the ticket that it is of, and the messages that it takes, in order. */
const splitWithMessages = (db: Database, splitId: string, from: number) =>
  db
    .selectFrom('ticket_split as s')
    .innerJoin('ticket as t', 't.number', 's.ticket_number')
    .innerJoin('department as d', 'd.id', 't.department_id')
    .select((eb) => [
      's.subject',
      's.into_number as into',
      't.subject as fromSubject',
      't.priority',
      't.requester_email as requesterEmail',
      't.requester_name as requesterName',
      'd.id as departmentId',
      'd.name as departmentName',
      jsonArrayFrom(
        eb
          .selectFrom('message_move as v')
          .innerJoin('message as m', 'm.id', 'v.message_id')
          .select((message) => [
            sql<string>`left(coalesce(nullif(m.text_visible, ''), m.text), 200)`.as('text'),
            sql<string>`m.created_at`.as('at'),
            'm.id',
            sql<boolean>`NOT (m.direction = 'outbound' AND m.automatic)`.as('counts'),
            'm.direction',
            'm.from_address as address',
            'm.from_name as name',
            message
              .exists(
                message
                  .selectFrom('attachment as a')
                  .select('a.id')
                  .whereRef('a.message_id', '=', 'm.id')
                  .where('a.inline', '=', false),
              )
              .as('hasAttachments'),
          ])
          .whereRef('v.split_id', '=', 's.split_id')
          .orderBy('m.created_at')
          .orderBy('m.id'),
      ).as('messages'),
    ])
    .where('s.split_id', '=', splitId)
    .where('s.ticket_number', '=', from)

/** Nothing happens where this is known already. */
async function copyParticipants(db: Database, splitId: string, into: number): Promise<void> {
  await db
    .insertInto('participant')
    .columns(['ticket_number', 'address'])
    .expression((eb) =>
      eb
        .selectFrom('message_move as v')
        .innerJoin('message as m', 'm.id', 'v.message_id')
        .innerJoin('participant as p', 'p.ticket_number', 'm.ticket_number')
        .select([sql<number>`${into}::int`.as('ticket_number'), 'p.address'])
        .distinct()
        .where('v.split_id', '=', splitId)
        .where((e) =>
          e.or([
            e('p.address', '=', e.ref('m.from_address')),
            sql<boolean>`EXISTS (SELECT 1 FROM jsonb_array_elements(m."to" || m.cc) AS a WHERE lower(a->>'address') = p.address)`,
          ]),
        ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
