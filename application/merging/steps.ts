import type pg from 'pg'
import type { Command, CommandName } from '../../domain/commands.ts'
import {
  type Actor,
  type DepartmentRef,
  type Person,
  type Priority,
  type Requester,
  SYSTEM,
} from '../../domain/vocabulary.ts'
import type { ExecuteCommand } from '../tickets/ticket-commands.ts'
import { CommandRejectedError } from '../tickets/command-answers.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'

/**
 * The second steps of merging and splitting, each on the other ticket's workflow. The first
 * ticket's rows say what has to follow, so every step can be taken by whoever comes first, the
 * request or the first ticket’s workflow, and taken again: a ticket answers a step that it has taken with no event.
 */
export interface MergingSteps {
  db: Pick<pg.Pool, 'query'>
  execute: ExecuteCommand
}

/** A step as long as it is missing. */
export type MissingStep =
  | { kind: 'acceptMerge'; mergeId: string; number: number; into: number }
  | { kind: 'revertMerge'; mergeId: string; number: number; into: number }
  | { kind: 'openSplit'; splitId: string; number: number; into: number; subject: string }
  | { kind: 'undoSplit'; splitId: string; number: number; into: number }

/**
 * $1 the ticket that took the first step · $2 the event of that step. Nothing when the second is
 * taken, or the first was taken back.
 */
const MISSING = `
WITH first AS (SELECT type, data FROM ticket_event WHERE ticket_number = $1 AND no = $2)
SELECT 'acceptMerge' AS kind, m.merge_id AS id, m.ticket_number AS number, m.into_number AS "into", '' AS subject
  FROM first, ticket_merge m
  WHERE first.type = 'ticketMerged' AND m.ticket_number = $1 AND m.merge_id::text = first.data->>'mergeId'
    AND NOT EXISTS (SELECT 1 FROM merged_ticket i WHERE i.ticket_number = m.into_number AND i.merge_id = m.merge_id)
UNION ALL
SELECT 'revertMerge', i.merge_id, i.merged_number, i.ticket_number, '' FROM first, merged_ticket i
  WHERE first.type = 'ticketUnmerged' AND i.merged_number = $1 AND i.merge_id::text = first.data->>'mergeId'
    AND NOT EXISTS (SELECT 1 FROM ticket_merge m WHERE m.ticket_number = i.merged_number AND m.merge_id = i.merge_id)
UNION ALL
SELECT 'openSplit', s.split_id, s.ticket_number, s.into_number, s.subject FROM first, ticket_split s
  WHERE first.type = 'messagesSplitOff' AND s.ticket_number = $1 AND s.split_id::text = first.data->>'splitId'
    AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.number = s.into_number)
UNION ALL
SELECT 'undoSplit', f.split_id, f.from_number, f.ticket_number, '' FROM first, ticket_split_from f
  WHERE first.type = 'messagesReturned' AND f.from_number = $1 AND f.split_id::text = first.data->>'splitId'
    AND NOT EXISTS (SELECT 1 FROM ticket_split s WHERE s.split_id = f.split_id)`

/**
 * @param eventNo of the first step.
 * @returns the step that has to follow it, null when it was taken.
 */
export async function missingStepOf(
  db: MergingSteps['db'],
  ticketNumber: number,
  eventNo: number,
): Promise<MissingStep | null> {
  const {
    rows: [row],
  } = await db.query<{
    kind: MissingStep['kind']
    id: string
    number: number
    into: number
    subject: string
  }>(MISSING, [ticketNumber, eventNo])
  if (!row) return null
  const { kind, id, ...step } = row
  return kind === 'acceptMerge' || kind === 'revertMerge'
    ? { kind, mergeId: id, ...step }
    : { kind, splitId: id, ...step }
}

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
  const {
    rows: [merged],
  } = await steps.db.query<{ subject: string; message_count: number; watchers: Person[] }>(
    `SELECT t.subject, t.message_count,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email) ORDER BY u.id), '[]') FROM ticket_watcher w JOIN app_user u ON u.id = w.user_id
        WHERE w.ticket_number = t.number AND u.active AND (u.role = 'admin' OR EXISTS (
          SELECT 1 FROM user_department d JOIN ticket x ON x.department_id = d.department_id WHERE d.user_id = u.id AND x.number = $2))) AS watchers
     FROM ticket t WHERE t.number = $1`,
    [number, into],
  )
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

interface SplitMessages {
  subject: string
  department: DepartmentRef
  priority: Priority
  requester: Requester
  messages: { text: string; at: Date; from: Requester | null; attachments: boolean }[]
}

async function openSplit(
  steps: MergingSteps,
  { splitId, number, into, subject }: MissingStep & { kind: 'openSplit' },
): Promise<void> {
  const {
    rows: [source],
  } = await steps.db.query<SplitMessages>(
    `SELECT t.subject, t.priority, jsonb_build_object('id', d.id, 'name', d.name) AS department, jsonb_build_object('email', t.requester_email, 'name', t.requester_name) AS requester,
       (SELECT jsonb_agg(jsonb_build_object('text', left(coalesce(nullif(m.text_visible, ''), m.text), 200), 'at', m.created_at,
          'from', CASE WHEN m.direction = 'inbound' AND m.from_address <> '' THEN jsonb_build_object('email', m.from_address, 'name', m.from_name) END,
          'attachments', EXISTS (SELECT 1 FROM attachment a WHERE a.message_id = m.id AND NOT a.inline)) ORDER BY m.created_at, m.id)
        FROM message_move v JOIN message m ON m.id = v.message_id WHERE v.split_id = $2) AS messages
     FROM ticket t JOIN department d ON d.id = t.department_id WHERE t.number = $1`,
    [number, splitId],
  )
  const last = source?.messages.at(-1)
  if (!source || !last) return
  // Who took part in the messages takes part in the ticket that they become; nothing happens where
  // this is known already.
  await steps.db.query(
    `INSERT INTO participant (ticket_number, address)
     SELECT DISTINCT $1::int, p.address FROM message_move v JOIN message m ON m.id = v.message_id
       JOIN participant p ON p.ticket_number = m.ticket_number
         AND (p.address = m.from_address OR EXISTS (SELECT 1 FROM jsonb_array_elements(m."to" || m.cc) AS a WHERE lower(a->>'address') = p.address))
     WHERE v.split_id = $2 ON CONFLICT DO NOTHING`,
    [into, splitId],
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
      department: source.department,
      priority: source.priority,
      requester: source.messages.find((message) => message.from)?.from ?? source.requester,
      messageCount: source.messages.length,
      preview: last.text.replace(/\s+/g, ' ').trim(),
      hasAttachments: source.messages.some((message) => message.attachments),
      lastMessageAt: new Date(last.at).toISOString(),
    },
    false,
  )
}

/** Without its messages the split ticket is merged into the one they came from. */
async function undoSplit(
  steps: MergingSteps,
  { splitId, number, into }: MissingStep & { kind: 'undoSplit' },
): Promise<void> {
  const {
    rows: [source],
  } = await steps.db.query<{ subject: string }>('SELECT subject FROM ticket WHERE number = $1', [
    number,
  ])
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
async function whoDid(
  db: MergingSteps['db'],
  number: number,
  type: string,
  id: string,
): Promise<Actor> {
  const {
    rows: [row],
  } = await db.query<{ actor: Actor }>(
    `SELECT actor FROM ticket_event WHERE ticket_number = $1 AND type = $2 AND coalesce(data->>'mergeId', data->>'splitId') = $3 ORDER BY no DESC LIMIT 1`,
    [number, type, id],
  )
  return row?.actor ?? SYSTEM
}
