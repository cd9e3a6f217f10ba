import { approvalEvents } from '../../domain/approvals/events.ts'
import { slotsAsked, slotsAwaited } from '../../domain/approvals/stages.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

/**
 * Brings approvals, their approvers and their votes in line with the ticket. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistApprovals: AreaWriter['write'] = async (client, ticket, events) => {
  const touched = new Set(
    events.flatMap(({ data }) =>
      'approvalId' in data && data.approvalId !== null ? [data.approvalId] : [],
    ),
  )
  const approvals = ticket.approvals.filter(({ id }) => touched.has(id))
  await client.query(
    `INSERT INTO approval (id, ticket_number, state, asked_by_id, asked_at, data)
     SELECT (a->>'id')::uuid, $1, a->>'state', (a->'askedBy'->>'id')::uuid, (a->>'askedAt')::timestamptz, a FROM jsonb_array_elements($2::jsonb) AS a
     ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, asked_by_id = EXCLUDED.asked_by_id, asked_at = EXCLUDED.asked_at, data = EXCLUDED.data`,
    [ticket.number, JSON.stringify(approvals)],
  )

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
  await client.query('DELETE FROM approval_approver WHERE approval_id = ANY($1::uuid[])', [
    approvals.map(({ id }) => id),
  ])
  await client.query(
    `INSERT INTO approval_approver (approval_id, key, user_id, asked, awaited)
     SELECT p.approval_id, p.key, u.id, p.asked, p.awaited FROM jsonb_to_recordset($1::jsonb) AS p(approval_id uuid, key text, user_id uuid, asked boolean, awaited boolean)
     LEFT JOIN app_user u ON u.id = p.user_id`,
    [JSON.stringify(approvers)],
  )

  const votes = events.flatMap((e) =>
    e.type !== 'approvalVoted'
      ? []
      : [
          {
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
  if (votes.length > 0) {
    await client.query(
      `INSERT INTO approval_vote (ticket_number, event_no, approval_id, round, approver_key, user_id, name, decision, comment, via, at)
       SELECT $1, v.* FROM jsonb_to_recordset($2::jsonb)
         AS v(event_no int, approval_id uuid, round int, approver_key text, user_id uuid, name text, decision text, comment text, via text, at timestamptz)
       ON CONFLICT DO NOTHING`,
      [ticket.number, JSON.stringify(votes)],
    )
  }
}

export const approvalWriter: AreaWriter = {
  events: typesOf(approvalEvents),
  write: persistApprovals,
  clear: rowsOf('approval_vote', 'approval'),
}
