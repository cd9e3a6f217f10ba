import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { askedTo } from '../../domain/asked.ts'
import type { CommandName, CommandPayload } from '../../domain/commands.ts'
import type { RefusedMerge } from '../../domain/merging/events.ts'
import { type SecondStep, secondStepAfter, secondStepId } from '../../domain/merging/second-step.ts'
import { type Actor, SYSTEM } from '../../domain/vocabulary.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { ExecuteCommand } from '../../application/tickets/ticket-commands.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { JobInput } from '../../workflows/ticket/activities.ts'
import { splitTicket } from './split-ticket.ts'

export interface MergingSteps {
  db: Database
  execute: ExecuteCommand
}

/** An operation: the ticket of its first step, who took that, and the step that follows. */
interface Operation extends SecondStep {
  first: number
  actor: Actor
  /** The command of the first step. */
  commandId: string
}

/**
 * Has the other ticket take its step of a merge or split, in the name of who took the first: the
 * workflow of the first ticket alone does this. May run twice: a step has one command for each merge
 * or split.
 * @throws Error while an earlier operation of the ticket is under way: undoing comes after doing.
 */
export async function takeSecondStep(
  { db, execute }: MergingSteps,
  { ticketNumber, eventNo }: JobInput,
): Promise<void> {
  const event = await db
    .selectFrom('ticket_event')
    .select(['type', 'data', 'actor', 'command_id as commandId'])
    .where('ticket_number', '=', ticketNumber)
    .where('no', '=', eventNo)
    .executeTakeFirst()
  const step = event && secondStepAfter(event)
  if (!step) return
  await refuseBeforeEarlierSteps(db, ticketNumber, eventNo)
  const operation = { ...step, first: ticketNumber, actor: event.actor, commandId: event.commandId }
  try {
    await steps[step.name]({ db, execute }, operation)
  } catch (error) {
    // A refusal is an end: of a merge it is told, the other steps are refused only when they are taken
    // already.
    if (!(error instanceof CommandRejectedError)) throw error
  }
}

async function refuseBeforeEarlierSteps(
  db: Database,
  ticketNumber: number,
  eventNo: number,
): Promise<void> {
  const earlier = await db
    .selectFrom('ticket_job')
    .select('event_no')
    .where('ticket_number', '=', ticketNumber)
    .where('kind', '=', 'mergeStep')
    .where('event_no', '<', eventNo)
    .limit(1)
    .executeTakeFirst()
  if (earlier)
    throw new Error(
      `Ticket #${ticketNumber} still has the step after its event ${earlier.event_no} taken; the one after event ${eventNo} follows it.`,
    )
}

/**
 * The other ticket goes on in the one that the mail came to. Where people have worked on it, this one
 * goes on in it, if nobody has worked on this one; else they are linked.
 */
async function joinThread(
  { db, execute }: MergingSteps,
  { first, on, operationId: mergeId }: Operation,
): Promise<void> {
  const rows = await db
    .selectFrom('ticket')
    .select(['number', 'subject', 'department_id as departmentId', 'location_id as locationId'])
    .where('number', 'in', [first, on])
    .execute()
  const join = async (number: number, into: number, id: string): Promise<boolean> => {
    const target = rows.find((row) => row.number === into)
    if (!target) return false
    const { subject, departmentId, locationId } = target
    const payload = { mergeId, into, subject, departmentId, locationId }
    try {
      await execute({ number, resume: true }, 'joinThread', { id, actor: SYSTEM, payload })
      return true
    } catch (error) {
      if (error instanceof CommandRejectedError) return false
      throw error
    }
  }
  const id = secondStepId('joinThread', mergeId)
  if (await join(on, first, id)) return
  if (await join(first, on, `${id}-back`)) return
  const subject = rows.find(({ number }) => number === on)?.subject ?? ''
  await execute({ number: first, resume: true }, 'linkTicket', {
    id: `${id}-link`,
    actor: SYSTEM,
    payload: { number: on, kind: 'relates', subject },
  })
}

const steps: Record<
  SecondStep['name'],
  (context: MergingSteps, operation: Operation) => Promise<void>
> = {
  joinThread,
  acceptMerge,
  revertMerge: ({ execute }, { on, operationId, actor }) =>
    send(execute, on, 'revertMerge', operationId, actor, { mergeId: operationId }),
  openSplit,
  undoSplit,
}

/** A merge that is refused is taken back, and whoever asked for it told why. */
async function acceptMerge({ db, execute }: MergingSteps, operation: Operation): Promise<void> {
  const { operationId: mergeId, first, on, actor } = operation
  const merged = await db
    .selectFrom('ticket as t')
    .innerJoin('ticket_merge as m', 'm.ticket_number', 't.number')
    .innerJoin('ticket as into', 'into.number', 'm.into_number')
    .select((eb) => [
      't.subject',
      't.message_count as messageCount',
      jsonArrayFrom(
        eb
          .selectFrom('ticket_watcher as w')
          .innerJoin('app_user as u', 'u.id', 'w.user_id')
          .select(['u.id', 'u.name', 'u.email'])
          .whereRef('w.ticket_number', '=', 't.number')
          .where(sql<boolean>`works_on(u.id, "into".department_id, "into".location_id)`)
          .orderBy('u.id'),
      ).as('watchers'),
    ])
    .where('t.number', '=', first)
    .where('m.merge_id', '=', mergeId)
    .executeTakeFirst()
  // It was undone before anybody took it in.
  if (!merged) return
  try {
    await send(execute, on, 'acceptMerge', mergeId, actor, { mergeId, number: first, ...merged })
  } catch (error) {
    if (error instanceof CommandRejectedError)
      await send(execute, first, 'undoMerge', mergeId, SYSTEM, {
        mergeId,
        refused: true,
        refusal: toldOf(operation, error),
      })
    throw error
  }
}

function toldOf(
  { operationId, on, actor: by, commandId, answerBy }: Operation,
  { code, message, values }: CommandRejectedError,
): RefusedMerge {
  const ofSplit = commandId === secondStepId('undoSplit', operationId)
  return {
    code,
    message,
    ...(values ? { values } : {}),
    by,
    commandId,
    asked: ofSplit ? askedTo('undoSplit') : askedTo('merge', `#${on}`),
    heard: answerBy !== undefined && Date.now() <= answerBy * 1000,
  }
}

async function openSplit(
  { db, execute }: MergingSteps,
  { operationId: splitId, first, on, actor }: Operation,
): Promise<void> {
  const opening = await splitTicket(db, splitId, first)
  if (opening) await send(execute, on, 'openSplit', splitId, actor, opening, false)
}

/** Without its messages the split ticket is merged into the one they came from: its own first step. */
async function undoSplit(
  { db, execute }: MergingSteps,
  { operationId: splitId, first, on, actor, answerBy }: Operation,
): Promise<void> {
  const { subject } = await db
    .selectFrom('ticket')
    .select('subject')
    .where('number', '=', first)
    .executeTakeFirstOrThrow()
  await send(execute, on, 'undoSplit', splitId, actor, { splitId, subject, answerBy })
}

async function send<N extends CommandName & Parameters<typeof secondStepId>[0]>(
  execute: ExecuteCommand,
  number: number,
  name: N,
  operationId: string,
  actor: Actor,
  payload: CommandPayload<N>,
  resume = true,
): Promise<void> {
  await execute({ number, resume }, name, { id: secondStepId(name, operationId), actor, payload })
}
