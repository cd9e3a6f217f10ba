import { sql } from 'kysely'
import { teamThatWorksOn } from '../../application/people/works-on.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Premise, PremiseKind } from '../../domain/premises.ts'
import { keepFromLeaving } from '../mail-out/outbound-record.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type {
  CommandPremises,
  TicketPlace,
  UntruePremises,
} from '../../workflows/ticket/activities.ts'

/**
 * What was looked up before commands were sent and does not hold any more, of those that nobody waits
 * for: while no worker answered, people, locations and settings may have changed.
 */
export async function untruePremises(
  db: Database,
  commands: readonly CommandPremises[],
): Promise<UntruePremises> {
  const untrue: UntruePremises = {}
  for (const command of commands.filter(isLate))
    for (const premise of command.premises)
      if (await isUntrue(db, premise, command)) (untrue[command.commandId] ??= []).push(premise)
  return untrue
}

/**
 * Messages that these events take back although somebody has begun to send them: looked at whenever
 * they are, and so until the transaction ends.
 */
export async function leftMeanwhile(
  db: Database,
  events: readonly TicketEvent[],
): Promise<UntruePremises> {
  const takenBack = events.flatMap((event) =>
    event.type === 'messageCancelled'
      ? [{ commandId: event.commandId, id: event.data.messageId }]
      : [],
  )
  const sent = await keepFromLeaving(
    db,
    takenBack.map(({ id }) => id),
  )
  const left: UntruePremises = {}
  for (const { commandId, id } of takenBack)
    if (sent.includes(id)) (left[commandId] ??= []).push({ kind: 'unsent', id })
  return left
}

/**
 * Splits that give away messages which another ticket has given away, or taken back with itself: a
 * message is given away by whoever has its row first. And those that leave none, because another split
 * came before. Looked at whenever they are.
 */
export async function goneMeanwhile(
  db: Database,
  number: number,
  events: readonly TicketEvent[],
): Promise<UntruePremises> {
  const gone: UntruePremises = {}
  const given = new Set<string>()
  for (const event of events) {
    if (event.type !== 'messagesSplitOff') continue
    const { splitId, messageIds } = event.data
    for (const id of messageIds) given.add(id)
    const named = anyOf(messageIds, 'uuid')
    await db
      .selectFrom('message')
      .select('id')
      .where('id', '=', named)
      .orderBy('id')
      .forUpdate()
      .execute()
    const shown = sql<{ id: string }>`shown_messages(${number})`.as<'shown'>(sql`shown(id)`)
    const here = new Set((await db.selectFrom(shown).select('shown.id').execute()).map((m) => m.id))
    const kind = !messageIds.every((id) => here.has(id))
      ? 'messagesHere'
      : [...here].every((id) => given.has(id))
        ? 'messageLeft'
        : null
    if (kind) (gone[event.commandId] ??= []).push({ kind, id: splitId })
  }
  return gone
}

const isLate = ({ answerBy }: CommandPremises): boolean => Date.now() > answerBy * 1000

/** One statement each, for what is rare; true where it does not hold. */
const checks: Record<
  PremiseKind,
  (db: Database, id: string, command: CommandPremises) => Promise<boolean>
> = {
  sender: (db, id, { right, seenIn }) =>
    right === 'approval.decide' ? isClosed(db, id) : seesNot(db, id, seenIn),
  worker: (db, id, { usedIn }) => seesNot(db, id, usedIn),
  team: (db, id, { usedIn }) => none(teamThatWorksOn(db, id, usedIn)),
  approver: (db, id) => isClosed(db, id),
  department: (db, id) => none(db.selectFrom('department').select('id').where('id', '=', id)),
  category: (db, id) => none(db.selectFrom('category').select('id').where('id', '=', id)),
  location: async (db, id, { senderId }) =>
    (await none(db.selectFrom('location').select('id').where('id', '=', id))) ||
    (senderId !== null && (await isElsewhere(db, senderId, id))),
  resolution: (db, key) =>
    none(
      db.selectFrom('resolution').select('key').where('key', '=', key).where('active', '=', true),
    ),
  linkedTicket: async (db, number, { senderId }) => {
    const ticket = await db
      .selectFrom('ticket')
      .select(['department_id as departmentId', 'location_id as locationId'])
      .where('number', '=', Number(number))
      .executeTakeFirst()
    return !ticket || (senderId !== null && (await seesNot(db, senderId, ticket)))
  },
  // Whether somebody waits or not: `leftMeanwhile`.
  unsent: () => Promise.resolve(false),
  // The same: `goneMeanwhile`.
  messagesHere: () => Promise.resolve(false),
  messageLeft: () => Promise.resolve(false),
}

const isUntrue = (db: Database, { kind, id }: Premise, command: CommandPremises) =>
  checks[kind](db, id, command)

const none = async (query: { execute: () => Promise<unknown[]> }): Promise<boolean> =>
  (await query.execute()).length === 0

const some = async (query: { execute: () => Promise<unknown[]> }): Promise<boolean> =>
  !(await none(query))

const account = (db: Database, id: string) =>
  db.selectFrom('app_user as u').select('u.id').where('u.id', '=', id)

const isClosed = (db: Database, id: string): Promise<boolean> =>
  some(account(db, id).where('u.active', '=', false))

const seesNot = (db: Database, id: string, { departmentId, locationId }: TicketPlace) =>
  some(account(db, id).where(sql<boolean>`NOT works_on(u.id, ${departmentId}, ${locationId})`))

/** They are limited to locations, and this is none of theirs. */
const isElsewhere = (db: Database, id: string, locationId: string): Promise<boolean> =>
  some(
    account(db, id)
      .where('u.role', '<>', 'admin')
      .where(sql<boolean>`NOT ${locationId} = ANY(location_limit(u.id))`),
  )
