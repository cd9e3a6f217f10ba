import { approvalEvents } from '../../domain/approvals/events.ts'
import { slotsAsked, slotsAwaited } from '../../domain/approvals/stages.ts'
import type { Approval } from '../../domain/approvals/state.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { jsonb, recordset } from '../../platform/postgres/json.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

/**
 * Brings approvals, their approvers and their votes in line with the ticket. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistApprovals: AreaWriter['write'] = async (db, ticket, events) => {
  const touched = new Set(
    events.flatMap(({ data }) =>
      'approvalId' in data && data.approvalId !== null ? [data.approvalId] : [],
    ),
  )
  const approvals = ticket.approvals.filter(({ id }) => touched.has(id))
  await writeApprovals(db, ticket.number, approvals)
  await writeApprovers(db, approvals)
  await writeVotes(db, ticket.number, events)
}

async function writeApprovals(
  db: Database,
  ticketNumber: number,
  approvals: readonly Approval[],
): Promise<void> {
  if (approvals.length === 0) return
  await db
    .insertInto('approval')
    .values(
      approvals.map((approval) => ({
        id: approval.id,
        ticket_number: ticketNumber,
        state: approval.state,
        asked_by_id: approval.askedBy.id,
        asked_at: approval.askedAt,
        data: jsonb(approval),
      })),
    )
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet(excluded('approval', ['state', 'asked_by_id', 'asked_at', 'data'])),
    )
    .execute()
}

async function writeApprovers(db: Database, approvals: readonly Approval[]): Promise<void> {
  const approvers = approvals.flatMap((approval) => {
    const [asked, awaited] = [slotsAsked(approval), slotsAwaited(approval)].map(
      (slots) => new Set(slots.map(({ key }) => key)),
    )
    return approval.stages.flatMap(({ slots }, stage) =>
      slots.map(({ key, userId }) =>
        // Once asked, always allowed to look: also after the end, and after handing it on.
        ({
          approval_id: approval.id,
          key,
          user_id: userId,
          asked: stage <= approval.stage || (asked?.has(key) ?? false),
          awaited: awaited?.has(key) ?? false,
        }),
      ),
    )
  })
  const ids = approvals.map(({ id }) => id)
  await db.deleteFrom('approval_approver').where('approval_id', '=', anyOf(ids, 'uuid')).execute()
  const rows = recordset('p', approvers, {
    approval_id: 'uuid',
    key: 'text',
    user_id: 'uuid',
    asked: 'boolean',
    awaited: 'boolean',
  })
  await db
    .insertInto('approval_approver')
    .columns(['approval_id', 'key', 'user_id', 'asked', 'awaited'])
    .expression((eb) =>
      eb
        .selectFrom(rows)
        // Whose account is gone is asked by address alone.
        .leftJoin('app_user', 'app_user.id', 'p.user_id')
        .select(['p.approval_id', 'p.key', 'app_user.id as user_id', 'p.asked', 'p.awaited']),
    )
    .execute()
}

async function writeVotes(
  db: Database,
  ticketNumber: number,
  events: readonly TicketEvent[],
): Promise<void> {
  const votes = events.flatMap((e) =>
    e.type !== 'approvalVoted'
      ? []
      : [
          {
            ticket_number: ticketNumber,
            event_no: e.no,
            approval_id: e.data.approvalId,
            round: e.data.round,
            approver_key: e.data.approver.key,
            user_id: e.data.approver.userId,
            name: e.data.approver.name || e.data.approver.email,
            decision: e.data.decision,
            comment: e.data.comment,
            via: e.data.from.via,
            at: e.at,
          },
        ],
  )
  if (votes.length === 0) return
  await db
    .insertInto('approval_vote')
    .values(votes)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const approvalWriter: AreaWriter = {
  events: typesOf(approvalEvents),
  write: persistApprovals,
  clear: rowsOf('approval_vote', 'approval'),
}
