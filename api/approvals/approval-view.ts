import type pg from 'pg'
import { needed, positionOf, slotsAsked, slotsAwaited } from '../../domain/approvals/stages.ts'
import type { Approval as ApprovalState } from '../../domain/approvals/state.ts'
import type { Approval } from '../../domain/approvals/contract.ts'

/** An approval with what its page shows besides its state. */
export interface ApprovalRow {
  id: string
  ticket_number: number
  data: ApprovalState
  text: string
  asked_at: Date
  attachments: Approval['attachments']
  votes: (Omit<Approval['votes'][number], 'at'> & { at: string })[]
}

export const APPROVAL = `SELECT a.id, a.ticket_number, a.data, a.asked_at, coalesce(x.text, '') AS text,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'filename', f.filename, 'size', f.size) ORDER BY f.filename), '[]')
      FROM attachment f WHERE a.data->'attachmentIds' ? f.id::text) AS attachments,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('round', v.round, 'key', v.approver_key, 'name', v.name, 'decision', v.decision, 'comment', v.comment, 'via', v.via, 'at', v.at) ORDER BY v.event_no), '[]')
      FROM approval_vote v WHERE v.approval_id = a.id) AS votes
  FROM approval a LEFT JOIN approval_text x ON x.id = (a.data->>'textId')::uuid`

/** @param userId who looks at it. */
export function approvalOf(
  { ticket_number, data, text, attachments, votes }: ApprovalRow,
  userId: string,
): Approval {
  const awaited = new Set(slotsAwaited(data).map(({ key }) => key))
  const { textId: _t, attachmentIds: _a, reminders: _r, stages, deputy, ...shown } = data
  return {
    ...shown,
    rule: data.rule ?? null,
    furtherAmounts: data.furtherAmounts ?? [],
    ticketNumber: ticket_number,
    text,
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

/** @returns the approval, or null. */
export async function findApproval(
  db: Pick<pg.Pool, 'query'>,
  id: string,
): Promise<ApprovalRow | null> {
  const {
    rows: [row],
  } = await db.query<ApprovalRow>(`${APPROVAL} WHERE a.id = $1`, [id])
  return row ?? null
}

/** @returns whether this person is or was asked in the round that is shown. */
export function wasAsked({ data }: Pick<ApprovalRow, 'data'>, userId: string): boolean {
  const position = positionOf(data, userId)
  return position !== null && position.stage <= data.stage
}
