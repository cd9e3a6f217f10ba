import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { may, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import { builtStatement } from '../../platform/postgres/built-statement.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import type { ApiSettings } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { summaries, summaryOf } from './ticket-summary.ts'

const direction = (is: 'to' | 'from') => sql.lit(is).as('direction')

/** Whether the person sees the ticket `x`: $2 and $3 are the departments and locations that they see, null for all. */
const seesOther = sql<boolean>`($2::uuid[] IS NULL OR x.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR x.location_id = ANY($3))`

/**
 * One statement for everything on the page of a ticket but its conversation. Linked tickets only as
 * far as the person sees them. $1 its number · $2, $3 as in `seesOther`
 */
const details = builtStatement('ticket-detail', (db) =>
  summaries(db)
    .leftJoin('category as c', 'c.id', 't.category_id')
    .leftJoin('sender as s', 's.department_id', 't.department_id')
    .select((eb) => [
      't.category_id as categoryId',
      'c.name as categoryName',
      't.resolution',
      't.solved_at as solvedAt',
      't.closed_at as closedAt',
      't.version',
      's.from as senderFrom',
      't.location_id as locationId',
      eb.fn<string | null>('location_path', ['t.location_id']).as('locationName'),
      arrayFrom(
        eb
          .selectFrom('participant as p')
          .select('p.address')
          .distinct()
          .where('p.ticket_number', 'in', sql<number>`(SELECT ticket_with_merged(t.number))`)
          .orderBy('p.address'),
      ).as('participants'),
      jsonArrayFrom(
        eb
          .selectFrom('ticket_watcher as w')
          .innerJoin('app_user as u', 'u.id', 'w.user_id')
          .select(['u.id', 'u.name', 'u.email'])
          .whereRef('w.ticket_number', '=', 't.number')
          .orderBy((by) => by.fn('lower', ['u.name'])),
      ).as('watchers'),
      jsonArrayFrom(
        eb
          .selectFrom((links) =>
            links
              .selectFrom('ticket_link')
              .select(['to_number as number', 'kind', direction('to')])
              .whereRef('from_number', '=', 't.number')
              .unionAll(
                links
                  .selectFrom('ticket_link')
                  .select(['from_number as number', 'kind', direction('from')])
                  .whereRef('to_number', '=', 't.number'),
              )
              .as('l'),
          )
          .innerJoin('ticket as x', 'x.number', 'l.number')
          .select(['l.number', 'l.kind', 'l.direction', 'x.subject', 'x.status'])
          .where(seesOther)
          .orderBy('l.number'),
      ).as('links'),
      eb.ref('t.state', '->').key('mergedInto').as('mergedInto'),
      eb
        .selectFrom('ticket as x')
        .select('x.subject')
        .where('x.number', '=', sql<number>`(t.state->'mergedInto'->>'number')::int`)
        .where(seesOther)
        .as('mergedIntoSubject'),
      eb.ref('t.state', '->').key('mergedTickets').as('mergedTickets'),
      eb.ref('t.state', '->').key('splitOff').as('splitOff'),
      arrayFrom(
        eb
          .selectFrom('ticket as x')
          .select('x.number')
          .where(
            'x.number',
            'in',
            sql<number>`(SELECT (o->>'number')::int FROM jsonb_array_elements(t.state->'splitOff') AS o)`,
          )
          .where(seesOther),
      ).as('visibleSplitOff'),
      eb.ref('t.state', '->').key('splitFrom').as('splitFrom'),
    ])
    .where('t.number', '=', sql<number>`$1`),
)

/**
 * A ticket as its page shows it. Whether the person may see it is settled before: `authorisedTicket`.
 * @throws ProblemError 404
 */
export async function ticketDetail(
  db: Database,
  settings: ApiSettings,
  user: SignedInUser,
  number: number,
): Promise<TicketDetail> {
  const [row] = await runStatement(db, details, [
    number,
    visibleDepartments(user),
    visibleLocations(user),
  ])
  if (!row) throw notFound(`ticket #${number}`)
  return {
    ...summaryOf(row),
    category: row.categoryId === null ? null : { id: row.categoryId, name: row.categoryName ?? '' },
    resolution: row.resolution,
    location: row.locationId === null ? null : { id: row.locationId, name: row.locationName ?? '' },
    watchers: row.watchers,
    links: row.links,
    participants: row.participants,
    solvedAt: row.solvedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    version: row.version,
    replyFrom: {
      address: writtenAddress(row.senderFrom ?? settings.defaultFrom).address,
      oneWay: row.senderFrom === null,
    },
    mergedInto: row.mergedInto && {
      number: row.mergedInto.number,
      subject: row.mergedIntoSubject,
    },
    mergedTickets: (row.mergedTickets ?? []).map(({ number: taken, subject }) => ({
      number: taken,
      subject,
    })),
    splitOff: (row.splitOff ?? []).map(({ number: split, subject, messageCount }) => ({
      number: split,
      subject: row.visibleSplitOff.includes(split) ? subject : '',
      messageCount,
    })),
    splitFrom: row.splitFrom && { number: row.splitFrom.number },
    workflowUrl:
      settings.workflowPages !== null && may(user, 'settings.manage')
        ? `${settings.workflowPages}${ticketWorkflowId(number)}`
        : null,
  }
}
