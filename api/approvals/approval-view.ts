import { type InferResult, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { needed, positionOf, slotsAsked, slotsAwaited } from '../../domain/approvals/stages.ts'
import type { AskedLine } from '../../domain/approvals/vocabulary.ts'
import type { Approval } from '../../domain/approvals/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** Approvals with what their pages show besides their state. */
export const approvals = (db: Database) =>
  db
    .selectFrom('approval as a')
    .leftJoin('approval_text as x', (join) =>
      join.on('x.id', '=', sql<string>`(a.data->>'textId')::uuid`),
    )
    .select((eb) => [
      'a.id',
      'a.ticket_number as ticketNumber',
      'a.data',
      'a.asked_at as askedAt',
      eb.fn.coalesce('x.text', sql.lit('')).as('text'),
      eb.fn.coalesce('x.lines', sql<AskedLine[]>`'[]'::jsonb`).as('lines'),
      jsonArrayFrom(
        eb
          .selectFrom('attachment as f')
          .select(['f.id', 'f.filename', 'f.size'])
          .where(
            'f.id',
            'in',
            sql<string>`(SELECT jsonb_array_elements_text(a.data->'attachmentIds')::uuid)`,
          )
          .orderBy('f.filename'),
      ).as('attachments'),
      jsonArrayFrom(
        eb
          .selectFrom('approval_vote as v')
          .select([
            'v.round',
            'v.approver_key as key',
            'v.name',
            'v.decision',
            'v.comment',
            'v.via',
            sql<string>`v.at`.as('at'),
          ])
          .whereRef('v.approval_id', '=', 'a.id')
          .orderBy('v.event_no'),
      ).as('votes'),
    ])

export type ApprovalRow = InferResult<ReturnType<typeof approvals>>[number]

/** @param userId who looks at it. */
export function approvalOf(
  { ticketNumber, data, text, lines, attachments, votes }: ApprovalRow,
  userId: string,
): Approval {
  const awaited = new Set(slotsAwaited(data).map(({ key }) => key))
  const { textId: _t, attachmentIds: _a, reminders: _r, stages, deputy, ...shown } = data
  return {
    ...shown,
    rule: data.rule ?? null,
    furtherAmounts: data.furtherAmounts ?? [],
    ticketNumber,
    text,
    lines,
    attachments,
    stages: stages.map((stage) => ({
      rule: stage.rule,
      needed: needed(stage),
      people: stage.slots.map((slot) => ({ ...slot, awaited: awaited.has(slot.key) })),
    })),
    deputy: deputy && { userId: deputy.userId, email: deputy.email, name: deputy.name },
    votes: votes.map((vote) => ({ ...vote, at: new Date(vote.at).toISOString() })),
    mayDecide: slotsAsked(data).some((slot) => slot.userId === userId),
  }
}

export const findApproval = (db: Database, id: string): Promise<ApprovalRow | undefined> =>
  approvals(db).where('a.id', '=', id).executeTakeFirst()

/** @returns whether this person is or was asked in the round that is shown. */
export function wasAsked({ data }: Pick<ApprovalRow, 'data'>, userId: string): boolean {
  const position = positionOf(data, userId)
  return position !== null && position.stage <= data.stage
}
