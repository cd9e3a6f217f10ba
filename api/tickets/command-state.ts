import { answerOf, CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { returnedText } from '../../application/tickets/returned-texts.ts'
import { keptSender } from '../../application/tickets/kept-commands.ts'
import { secondStepAfter, secondStepId } from '../../domain/merging/second-step.ts'
import { refusedMerge } from '../../domain/merging/events.ts'
import type { ProblemCode } from '../../domain/problem-codes.ts'
import { refusalInEnglish } from '../../application/tickets/refusal-sentence.ts'
import type { CommandState } from '../../domain/tickets/contract.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** What is known of a command, and of who sent it. */
export interface KnownCommand {
  state: Omit<CommandState, 'written'>
  /** Null: nobody who signs in. */
  senderId: string | null
}

/**
 * What became of a command.
 * @returns nothing when none of that id is waited for, or known to have ended.
 */
export async function knownCommand(
  db: Database,
  number: number,
  id: string,
): Promise<KnownCommand | undefined> {
  // What waits is looked for first: it is forgotten only once its answer is there.
  const waiting = (await keptSender(db, number, id)) ?? (await secondStepSender(db, number, id))
  const answer = await wholeAnswer(db, number, id)
  if (answer === 'waiting') return { state: WAITING, senderId: await senderOf(db, number, id) }
  if (answer)
    return {
      state:
        answer instanceof CommandRejectedError
          ? {
              state: 'refused',
              code: answer.code,
              detail: refusalInEnglish(answer),
              values: answer.values ?? null,
            }
          : { state: 'done', code: null, detail: null, values: null },
      senderId: await senderOf(db, number, id),
    }
  return (
    waiting && {
      state: WAITING,
      senderId: userOf(waiting),
    }
  )
}

const WAITING = { state: 'waiting', code: null, detail: null, values: null } as const

/**
 * Of a command that is the first step of a merge or split, or of its undoing, the answer is what
 * became of both.
 */
async function wholeAnswer(
  db: Database,
  number: number,
  commandId: string,
): Promise<Awaited<ReturnType<typeof answerOf>> | 'waiting'> {
  const answer = await answerOf(db, number, commandId)
  if (!answer || answer instanceof CommandRejectedError) return answer
  return (await secondStepAnswer(db, number, commandId)) ?? answer
}

/** @returns nothing when no step follows, or it is taken. */
async function secondStepAnswer(
  db: Database,
  number: number,
  commandId: string,
): Promise<CommandRejectedError | 'waiting' | undefined> {
  // What is owed is looked at first: it is settled only once the refusal is written.
  const events = await db
    .selectFrom('ticket_event as e')
    .leftJoin('ticket_job as j', (join) =>
      join
        .onRef('j.ticket_number', '=', 'e.ticket_number')
        .onRef('j.event_no', '=', 'e.no')
        .on('j.kind', '=', 'mergeStep'),
    )
    .select(['e.type', 'e.data', 'j.event_no as owed'])
    .where('e.ticket_number', '=', number)
    .where('e.command_id', '=', commandId)
    .execute()
  for (const event of events) {
    const step = secondStepAfter(event)
    if (!step) continue
    const refusal = await mergeRefusal(db, number, step.operationId)
    if (refusal) return refusal
    if (event.owed !== null) return 'waiting'
    return secondStepAnswer(db, step.on, secondStepId(step.name, step.operationId))
  }
  return undefined
}

/** Why the other ticket did not take the merge. */
async function mergeRefusal(
  db: Database,
  number: number,
  mergeId: string,
): Promise<CommandRejectedError | undefined> {
  const undone = await db
    .selectFrom('ticket_event')
    .select('data')
    .where('ticket_number', '=', number)
    .where('command_id', '=', secondStepId('undoMerge', mergeId))
    .where('type', '=', 'ticketUnmerged')
    .executeTakeFirst()
  const read = refusedMerge.safeParse((undone?.data as { refusal?: unknown } | undefined)?.refusal)
  if (!read.success) return undefined
  const { code, message, values } = read.data
  return new CommandRejectedError(code as ProblemCode, message, values)
}

/** @returns what the person wrote with a command that was refused; null, when it is nothing. */
export async function writtenWith(
  db: Database,
  number: number,
  id: string,
  userId: string,
): Promise<CommandState['written']> {
  const returned = await returnedText(db, number, id, userId)
  if (!returned) return null
  const attachments = await db
    .selectFrom('attachment')
    .select(['id', 'filename', 'content_type as contentType', 'size', 'inline'])
    .select('content_id as contentId')
    .where('id', '=', anyOf(returned.attachmentIds, 'uuid'))
    .where('message_id', 'is', null)
    .where('note_id', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return { texts: returned.texts, attachments }
}

const userOf = (actor: Actor): string | null => (actor.kind === 'agent' ? actor.id : null)

/** Whoever sent a command that is answered: in the log, or by its outcome, which has no line there. */
async function senderOf(db: Database, number: number, id: string): Promise<string | null> {
  const [event, outcome] = await Promise.all([
    db
      .selectFrom('ticket_event')
      .select('actor')
      .where('ticket_number', '=', number)
      .where('command_id', '=', id)
      .where((eb) => eb(eb.ref('actor', '->>').key('kind'), '=', 'agent'))
      .limit(1)
      .executeTakeFirst(),
    db
      .selectFrom('command_outcome')
      .select('sender_id as senderId')
      .where('ticket_number', '=', number)
      .where('command_id', '=', id)
      .executeTakeFirst(),
  ])
  return (event && userOf(event.actor)) ?? outcome?.senderId ?? null
}

/**
 * Whoever took the first step of a merge or split whose second one a ticket still owes: it is the
 * ticket's workflow that sends that, and no API process keeps it.
 */
async function secondStepSender(
  db: Database,
  number: number,
  id: string,
): Promise<Actor | undefined> {
  const owed = await db
    .selectFrom('ticket_job as j')
    .innerJoin('ticket_event as e', (join) =>
      join.onRef('e.ticket_number', '=', 'j.ticket_number').onRef('e.no', '=', 'j.event_no'),
    )
    .select(['e.type', 'e.data', 'e.actor'])
    .where('j.kind', '=', 'mergeStep')
    .execute()
  return owed.find((event) => {
    const step = secondStepAfter(event)
    return step?.on === number && secondStepId(step.name, step.operationId) === id
  })?.actor
}
