import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { EventType } from '../../domain/events.ts'
import { type Actor, SYSTEM } from '../../domain/vocabulary.ts'
import type { ExecuteCommand } from '../tickets/ticket-commands.ts'
import { CommandRejectedError } from '../tickets/command-answers.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'

/**
 * The second steps of merging and splitting, each on the other ticket's workflow. The first
 * ticket's rows say what has to follow, so every step can be taken by whoever comes first, the
 * request or the first ticket’s workflow, and taken again: a ticket answers a step that it has taken with no event.
 */
export interface MergingSteps {
  db: Database
  execute: ExecuteCommand
}

/** A step as long as it is missing. */
export type MissingStep =
  | { kind: 'acceptMerge'; mergeId: string; number: number; into: number }
  | { kind: 'revertMerge'; mergeId: string; number: number; into: number }
  | { kind: 'openSplit'; splitId: string; number: number; into: number; subject: string }
  | { kind: 'undoSplit'; splitId: string; number: number; into: number }

/**
 * @param eventNo of the first step.
 * @returns the step that has to follow it, null when it was taken, or the first was taken back.
 */
export async function missingStepOf(
  db: Database,
  ticketNumber: number,
  eventNo: number,
): Promise<MissingStep | null> {
  const row = await missingSteps(db, ticketNumber, eventNo).executeTakeFirst()
  if (!row) return null
  const { kind, id, ...step } = row
  return kind === 'acceptMerge' || kind === 'revertMerge'
    ? { kind, mergeId: id, ...step }
    : { kind, splitId: id, ...step }
}

const missingSteps = (db: Database, ticketNumber: number, eventNo: number) =>
  db
    .with('first', (cte) =>
      cte
        .selectFrom('ticket_event')
        .select(['type', operationOf.as('operation')])
        .where('ticket_number', '=', ticketNumber)
        .where('no', '=', eventNo),
    )
    .selectFrom(['first', 'ticket_merge as m'])
    .select([
      kindOf('acceptMerge'),
      'm.merge_id as id',
      'm.ticket_number as number',
      'm.into_number as into',
      noSubject,
    ])
    .where('first.type', '=', 'ticketMerged')
    .where('m.ticket_number', '=', ticketNumber)
    .where((eb) => eb(eb.cast<string>('m.merge_id', 'text'), '=', eb.ref('first.operation')))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('merged_ticket as i')
            .select('i.merge_id')
            .whereRef('i.ticket_number', '=', 'm.into_number')
            .whereRef('i.merge_id', '=', 'm.merge_id'),
        ),
      ),
    )
    .unionAll((union) =>
      union
        .selectFrom(['first', 'merged_ticket as i'])
        .select([
          kindOf('revertMerge'),
          'i.merge_id as id',
          'i.merged_number as number',
          'i.ticket_number as into',
          noSubject,
        ])
        .where('first.type', '=', 'ticketUnmerged')
        .where('i.merged_number', '=', ticketNumber)
        .where((eb) => eb(eb.cast<string>('i.merge_id', 'text'), '=', eb.ref('first.operation')))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('ticket_merge as m')
                .select('m.merge_id')
                .whereRef('m.ticket_number', '=', 'i.merged_number')
                .whereRef('m.merge_id', '=', 'i.merge_id'),
            ),
          ),
        ),
    )
    .unionAll((union) =>
      union
        .selectFrom(['first', 'ticket_split as s'])
        .select([
          kindOf('openSplit'),
          's.split_id as id',
          's.ticket_number as number',
          's.into_number as into',
          's.subject',
        ])
        .where('first.type', '=', 'messagesSplitOff')
        .where('s.ticket_number', '=', ticketNumber)
        .where((eb) => eb(eb.cast<string>('s.split_id', 'text'), '=', eb.ref('first.operation')))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('ticket as t')
                .select('t.number')
                .whereRef('t.number', '=', 's.into_number'),
            ),
          ),
        ),
    )
    .unionAll((union) =>
      union
        .selectFrom(['first', 'ticket_split_from as f'])
        .select([
          kindOf('undoSplit'),
          'f.split_id as id',
          'f.from_number as number',
          'f.ticket_number as into',
          noSubject,
        ])
        .where('first.type', '=', 'messagesReturned')
        .where('f.from_number', '=', ticketNumber)
        .where((eb) => eb(eb.cast<string>('f.split_id', 'text'), '=', eb.ref('first.operation')))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('ticket_split as s')
                .select('s.split_id')
                .whereRef('s.split_id', '=', 'f.split_id'),
            ),
          ),
        ),
    )

const kindOf = (kind: MissingStep['kind']) => sql.lit(kind).as('kind')
const noSubject = sql<string>`''`.as('subject')

/** The merge or split that an event is about. */
const operationOf = sql<string>`coalesce(data->>'mergeId', data->>'splitId')`

/**
 * Takes one step.
 * @throws CommandRejectedError when the other ticket refuses; a merge that is refused is taken back
 *   first.
 */
export function takeStep(steps: MergingSteps, step: MissingStep): Promise<void> {
  switch (step.kind) {
    case 'acceptMerge':
      return acceptMerge(steps, step)
    case 'revertMerge':
      return revertMerge(steps, step)
    case 'openSplit':
      return openSplit(steps, step)
    case 'undoSplit':
      return undoSplit(steps, step)
  }
}

async function acceptMerge(
  steps: MergingSteps,
  { mergeId, number, into }: MissingStep & { kind: 'acceptMerge' },
): Promise<void> {
  const merged = await steps.db
    .selectFrom('ticket as t')
    .select((eb) => [
      't.subject',
      't.message_count',
      jsonArrayFrom(
        eb
          .selectFrom('ticket_watcher as w')
          .innerJoin('app_user as u', 'u.id', 'w.user_id')
          .select(['u.id', 'u.name', 'u.email'])
          .whereRef('w.ticket_number', '=', 't.number')
          .where('u.active', '=', true)
          .where(({ eb: e, or, exists, selectFrom }) =>
            or([
              e('u.role', '=', 'admin'),
              exists(
                selectFrom('user_department as d')
                  .innerJoin('ticket as x', 'x.department_id', 'd.department_id')
                  .select('d.user_id')
                  .whereRef('d.user_id', '=', 'u.id')
                  .where('x.number', '=', into),
              ),
            ]),
          )
          .orderBy('u.id'),
      ).as('watchers'),
    ])
    .where('t.number', '=', number)
    .executeTakeFirst()
  if (!merged) return
  const actor = await whoDid(steps.db, number, 'ticketMerged', mergeId)
  try {
    await send(steps, into, 'acceptMerge', mergeId, actor, {
      mergeId,
      number,
      subject: merged.subject,
      messageCount: merged.message_count,
      watchers: merged.watchers,
    })
  } catch (error) {
    if (error instanceof CommandRejectedError)
      await send(steps, number, 'undoMerge', mergeId, SYSTEM, { mergeId, refused: true })
    throw error
  }
}

const revertMerge = async (
  steps: MergingSteps,
  { mergeId, number, into }: MissingStep & { kind: 'revertMerge' },
): Promise<void> =>
  send(
    steps,
    into,
    'revertMerge',
    mergeId,
    await whoDid(steps.db, number, 'ticketUnmerged', mergeId),
    {
      mergeId,
    },
  )

async function openSplit(
  steps: MergingSteps,
  { splitId, number, into, subject }: MissingStep & { kind: 'openSplit' },
): Promise<void> {
  const source = await readSplit(steps.db, number, splitId)
  const last = source?.messages.at(-1)
  if (!source || !last) return
  await takePart(steps.db, into, splitId)
  const writer = source.messages.find(
    ({ direction, from_address }) => direction === 'inbound' && from_address !== '',
  )
  await send(
    steps,
    into,
    'openSplit',
    splitId,
    await whoDid(steps.db, number, 'messagesSplitOff', splitId),
    {
      splitId,
      from: number,
      fromSubject: source.subject,
      subject,
      department: { id: source.department_id, name: source.department_name },
      priority: source.priority,
      requester: writer
        ? { email: writer.from_address, name: writer.from_name }
        : { email: source.requester_email, name: source.requester_name },
      messageCount: source.messages.length,
      preview: last.text.replace(/\s+/g, ' ').trim(),
      hasAttachments: source.messages.some((message) => message.attachments),
      lastMessageAt: new Date(last.at).toISOString(),
    },
    false,
  )
}

/** The ticket that messages are split off, with these. */
const readSplit = (db: Database, ticketNumber: number, splitId: string) =>
  db
    .selectFrom('ticket as t')
    .innerJoin('department as d', 'd.id', 't.department_id')
    .select((eb) => [
      't.subject',
      't.priority',
      'd.id as department_id',
      'd.name as department_name',
      't.requester_email',
      't.requester_name',
      jsonArrayFrom(
        eb
          .selectFrom('message_move as v')
          .innerJoin('message as m', 'm.id', 'v.message_id')
          .select(({ exists, selectFrom }) => [
            sql<string>`left(coalesce(nullif(m.text_visible, ''), m.text), 200)`.as('text'),
            sql<string>`m.created_at`.as('at'),
            'm.direction',
            'm.from_address',
            'm.from_name',
            exists(
              selectFrom('attachment as a')
                .select('a.id')
                .whereRef('a.message_id', '=', 'm.id')
                .where('a.inline', '=', false),
            ).as('attachments'),
          ])
          .where('v.split_id', '=', splitId)
          .orderBy('m.created_at')
          .orderBy('m.id'),
      ).as('messages'),
    ])
    .where('t.number', '=', ticketNumber)
    .executeTakeFirst()

const recipients = sql<{ address: string }>`jsonb_to_recordset(m."to" || m.cc)`.as<'r'>(
  sql`r(address text)`,
)

/**
 * Who took part in the messages takes part in the ticket that they become; nothing happens where
 * this is known already.
 */
const takePart = async (db: Database, into: number, splitId: string): Promise<void> =>
  void (await db
    .insertInto('participant')
    .columns(['ticket_number', 'address'])
    .expression((eb) =>
      eb
        .selectFrom('message_move as v')
        .innerJoin('message as m', 'm.id', 'v.message_id')
        .innerJoin('participant as p', 'p.ticket_number', 'm.ticket_number')
        .distinct()
        .select([sql<number>`${into}::integer`.as('ticket_number'), 'p.address'])
        .where(({ eb: e, or, exists, selectFrom }) =>
          or([
            e('p.address', '=', e.ref('m.from_address')),
            exists(
              selectFrom(recipients)
                .select('r.address')
                .where((f) => f(f.fn<string>('lower', ['r.address']), '=', f.ref('p.address'))),
            ),
          ]),
        )
        .where('v.split_id', '=', splitId),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute())

/** Without its messages the split ticket is merged into the one they came from. */
async function undoSplit(
  steps: MergingSteps,
  { splitId, number, into }: MissingStep & { kind: 'undoSplit' },
): Promise<void> {
  const source = await steps.db
    .selectFrom('ticket')
    .select('subject')
    .where('number', '=', number)
    .executeTakeFirst()
  await send(
    steps,
    into,
    'undoSplit',
    splitId,
    await whoDid(steps.db, number, 'messagesReturned', splitId),
    { splitId, subject: source?.subject ?? '' },
  )
  await acceptMerge(steps, { kind: 'acceptMerge', mergeId: splitId, number: into, into: number })
}

/**
 * The id is the step's own and new each time: whether it counts is told by the ticket's state, and
 * a refusal must not be remembered.
 */
async function send<N extends CommandName>(
  steps: MergingSteps,
  number: number,
  name: N,
  operationId: string,
  actor: Actor,
  payload: Command<N>['payload'],
  resume = true,
): Promise<void> {
  await steps.execute({ number, resume }, name, {
    id: `${name}-${operationId}-${timeOrderedId()}`,
    actor,
    payload,
  })
}

/** The second step is done in the name of who did the first. */
async function whoDid(db: Database, number: number, type: EventType, id: string): Promise<Actor> {
  const event = await db
    .selectFrom('ticket_event')
    .select('actor')
    .where('ticket_number', '=', number)
    .where('type', '=', type)
    .where(operationOf, '=', id)
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst()
  return event?.actor ?? SYSTEM
}
