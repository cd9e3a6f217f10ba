import type { Client } from '@temporalio/client'
import { sql } from 'kysely'
import { onItsWay } from '../../application/mail-out/on-its-way.ts'
import { compareTicketWithLog } from '../../application/tickets/ticket-workflow.ts'
import { MOST_WAKINGS } from '../../application/tickets/wakings.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { renewIfStuck } from './stuck-tickets.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'

/** A timer that is due is decided within seconds. */
const TIMER_LATE = 120
/** A message is on its way within seconds once it is held back no more. */
const MESSAGE_LATE = 60
/** How long it was held back, as its event says. Seconds. */
const held = sql<number>`coalesce((
  SELECT (e.data->>'holdMs')::int / 1000 FROM ticket_event e
  WHERE e.ticket_number = message.ticket_number AND e.no = message.event_no), 0)`
/**
 * One that goes on being late has heard of it (a mail server is away, a rule says no), and is told
 * again after this time, longer each time. Seconds.
 */
const AGAIN = 600
/** Tickets woken in one go. */
const MOST = 500

/** Tickets with something that the log says should have happened by now, and since when. */
const late = (db: Database) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('ticket')
        .select(['number', 'timer_at as since'])
        .where('timer_at', '<', secondsAgo(TIMER_LATE))
        .unionAll(
          eb
            .selectFrom('message')
            .select(['ticket_number as number', 'created_at as since'])
            .where(onItsWay)
            .where('event_no', 'is not', null)
            .where(
              'created_at',
              '<',
              sql<Date>`now() - make_interval(secs => ${MESSAGE_LATE} + ${held})`,
            ),
        )
        .as('one'),
    )
    .select(['one.number', (eb) => eb.fn.min('one.since').as('since')])
    .groupBy('one.number')

/** Those whose workflows have not been told, or that are to be told again. */
const due = (db: Database) =>
  db
    .selectFrom(late(db).as('late'))
    .leftJoin('behind_ticket as told', (join) =>
      join.onRef('told.ticket_number', '=', 'late.number').onRef('told.since', '=', 'late.since'),
    )
    .select(['late.number', 'late.since'])
    .where((eb) =>
      eb.or([
        eb('told.since', 'is', null),
        eb.and([
          eb('told.wakings', '<', MOST_WAKINGS),
          eb(
            'told.woken_at',
            '<',
            sql<Date>`now() - make_interval(secs => ${AGAIN} * told.wakings)`,
          ),
        ]),
      ]),
    )
    .orderBy('late.since')
    .orderBy('late.number')

/** Is there a ticket that owes what its workflow seems not to know of, or did a moment ago? */
export const hasBehindTickets = async (db: Database): Promise<boolean> =>
  (await due(db).limit(1).execute()).length > 0 ||
  (await db.selectFrom('behind_ticket').select('ticket_number').limit(1).execute()).length > 0

/**
 * Has tickets compare themselves with the log that owe something for longer than it takes: a timer
 * that is due, a message that is to be sent. Started where they do not run, given a new run where
 * that cannot go on. Whoever is at it already notices nothing.
 * @param onProgress called after each ticket.
 * @returns how many.
 */
export async function wakeBehindTickets(
  deps: { db: Database; client: Client },
  onProgress: () => void,
): Promise<number> {
  const { db, client } = deps
  await forgetDone(db)
  const waiting = await due(db).limit(MOST).execute()
  await ticketByTicket(db, waiting, onProgress, async ({ number, since }) => {
    // Also one that fails is told again later, and not with each run.
    if (since) await noteAsWoken(db, number, since)
    if (!(await renewIfStuck(deps, number))) await compareTicketWithLog(client, { number })
  })
  return waiting.length
}

/** What is done, or was put off. */
const forgetDone = (db: Database) =>
  db
    .deleteFrom('behind_ticket')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(late(db).as('late'))
            .select('late.number')
            .whereRef('late.number', '=', 'behind_ticket.ticket_number')
            .whereRef('late.since', '=', 'behind_ticket.since'),
        ),
      ),
    )
    .execute()

const noteAsWoken = (db: Database, number: number, since: Date) =>
  db
    .insertInto('behind_ticket')
    .values({ ticket_number: number, since })
    .onConflict((conflict) =>
      conflict.column('ticket_number').doUpdateSet((eb) => ({
        wakings: eb
          .case()
          .when('behind_ticket.since', '=', since)
          .then(eb('behind_ticket.wakings', '+', 1))
          .else(1)
          .end(),
        since,
        woken_at: sql<Date>`now()`,
      })),
    )
    .execute()
