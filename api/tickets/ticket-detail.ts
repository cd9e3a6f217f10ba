import type pg from 'pg'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { may, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import type { Resolution } from '../../domain/vocabulary.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import type { ApiSettings } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { summaryOf, SUMMARY_COLUMNS, SUMMARY_JOINS, type SummaryRow } from './ticket-summary.ts'

interface DetailRow extends SummaryRow {
  category_id: string | null
  category_name: string | null
  resolution: Resolution | null
  watchers: TicketDetail['watchers']
  links: TicketDetail['links']
  participants: string[]
  solved_at: Date | null
  closed_at: Date | null
  version: number
  sender_from: string | null
  merged_into: TicketDetail['mergedInto']
  merged_tickets: TicketDetail['mergedTickets'] | null
  split_off: TicketDetail['splitOff'] | null
  split_from: TicketDetail['splitFrom']
  location_id: string | null
  location_name: string | null
}

/**
 * One statement for everything on the page of a ticket but its conversation. Linked tickets only as
 * far as the person sees them ($2, $3).
 */
const DETAIL = `SELECT ${SUMMARY_COLUMNS}, t.category_id, c.name AS category_name, t.resolution, t.solved_at, t.closed_at, t.version, s."from" AS sender_from,
    ARRAY(SELECT DISTINCT p.address FROM participant p WHERE p.ticket_number IN (SELECT ticket_with_merged(t.number)) ORDER BY p.address) AS participants,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.user_id, 'name', u.name, 'email', u.email) ORDER BY lower(u.name)), '[]')
      FROM ticket_watcher w JOIN app_user u ON u.id = w.user_id WHERE w.ticket_number = t.number) AS watchers,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('number', l.number, 'kind', l.kind, 'direction', l.direction, 'subject', x.subject, 'status', x.status) ORDER BY l.number), '[]')
      FROM (SELECT to_number AS number, kind, 'to' AS direction FROM ticket_link WHERE from_number = t.number
            UNION ALL SELECT from_number, kind, 'from' FROM ticket_link WHERE to_number = t.number) l
      JOIN ticket x ON x.number = l.number WHERE ($2::uuid[] IS NULL OR x.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR x.location_id = ANY($3))) AS links,
    CASE WHEN jsonb_typeof(t.state->'mergedInto') = 'object' THEN jsonb_build_object('number', t.state->'mergedInto'->'number', 'subject',
      (SELECT x.subject FROM ticket x WHERE x.number = (t.state->'mergedInto'->>'number')::int AND ($2::uuid[] IS NULL OR x.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR x.location_id = ANY($3)))) END AS merged_into,
    t.state->'mergedTickets' AS merged_tickets,
    (SELECT jsonb_agg(CASE WHEN EXISTS (SELECT 1 FROM ticket x WHERE x.number = (o->>'number')::int AND ($2::uuid[] IS NULL OR x.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR x.location_id = ANY($3)))
      THEN o ELSE o || '{"subject": ""}' END) FROM jsonb_array_elements(t.state->'splitOff') AS o) AS split_off,
    CASE WHEN jsonb_typeof(t.state->'splitFrom') = 'object' THEN t.state->'splitFrom' END AS split_from,
    t.location_id, location_path(t.location_id) AS location_name
  FROM ticket t ${SUMMARY_JOINS} LEFT JOIN category c ON c.id = t.category_id LEFT JOIN sender s ON s.department_id = t.department_id
  WHERE t.number = $1`

/**
 * A ticket as its page shows it. Whether the person may see it is settled before: `authorisedTicket`.
 * @throws ProblemError 404
 */
export async function ticketDetail(
  db: Pick<pg.Pool, 'query'>,
  settings: ApiSettings,
  user: SignedInUser,
  number: number,
): Promise<TicketDetail> {
  const {
    rows: [row],
  } = await db.query<DetailRow>({
    name: 'ticket-detail',
    text: DETAIL,
    values: [number, visibleDepartments(user), visibleLocations(user)],
  })
  if (!row) throw notFound(`ticket #${number}`)
  return {
    ...summaryOf(row),
    category:
      row.category_id === null ? null : { id: row.category_id, name: row.category_name ?? '' },
    resolution: row.resolution,
    location:
      row.location_id === null ? null : { id: row.location_id, name: row.location_name ?? '' },
    watchers: row.watchers,
    links: row.links,
    participants: row.participants,
    solvedAt: row.solved_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    version: row.version,
    replyFrom: {
      address: writtenAddress(row.sender_from ?? settings.defaultFrom).address,
      oneWay: row.sender_from === null,
    },
    mergedInto: row.merged_into,
    mergedTickets: (row.merged_tickets ?? []).map(({ number: taken, subject }) => ({
      number: taken,
      subject,
    })),
    splitOff: (row.split_off ?? []).map(({ number: split, subject, messageCount }) => ({
      number: split,
      subject,
      messageCount,
    })),
    splitFrom: row.split_from && { number: row.split_from.number },
    workflowUrl:
      settings.workflowPages !== null && may(user, 'settings.manage')
        ? `${settings.workflowPages}${ticketWorkflowId(number)}`
        : null,
  }
}
