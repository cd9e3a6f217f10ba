import { secondsAgo } from '../../../platform/postgres/seconds-ago.ts'
import type { Trouble } from '../../../domain/health/judgement.ts'
import type { HealthReason } from '../../../domain/health/vocabulary.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { RECONCILE_MARK, reconcileMark } from '../../reconcile/mark.ts'
import { compareOpenTickets } from '../../tickets/running-tickets.ts'
import { MOST_WAKINGS } from '../../tickets/wakings.ts'
import { asked, type Check } from '../check.ts'

/** Whoever is due has been woken by then. Seconds. */
const LATE_AFTER = 60
/** `reconcile` starts what is missing within a minute or two. Seconds. */
const MENDED_WITHIN = 240

/** `reconcile` runs every minute. Seconds. */
const RECONCILED_WITHIN = 300

/** How often open tickets are cut into slices before they are looked for by name. */
const CUTS = 1

/** Each worker looks for the schedule once a minute, and the first one makes it. Seconds. */
const SCHEDULED_WITHIN = 90

/** Open tickets against the workflows that run, and those whose workflow cannot go on. */
export const tickets: Check = {
  code: 'tickets',
  every: 60,
  async look(watched) {
    const stuck = await asked(watched, stuckTickets)
    const behind = await asked(watched, behindTickets)
    const silent = await asked(watched, reconciledLast)
    const { open, withoutWorkflow: missing } = await compareOpenTickets(
      (work) => asked(watched, work),
      watched.temporal.runningTickets,
      CUTS,
    )
    const scheduled = await watched.temporal.reconcileScheduled()
    const reported = await watched.temporal.reportsProblems()
    const found = (reason: HealthReason, count: number, since?: Date | null): Trouble[] =>
      count === 0
        ? []
        : [
            {
              state: 'attention',
              reason,
              ...(since ? { since } : {}),
              gracePeriod: MENDED_WITHIN,
              values: { count },
            },
          ]
    return {
      figures: {
        open,
        withoutWorkflow: missing,
        stuck: stuck.count,
        renewed: stuck.renewed,
        behind: behind.count,
      },
      troubles: [
        ...found('tickets-without-workflow', missing),
        ...found('tickets-stuck', stuck.count, stuck.since),
        ...found('tickets-behind', behind.count, behind.since),
        ...unless(scheduled, { reason: 'reconcile-unscheduled', gracePeriod: SCHEDULED_WITHIN }),
        ...unless(silent === null, {
          reason: 'reconcile-silent',
          ...(silent ? { since: silent } : {}),
          gracePeriod: RECONCILED_WITHIN,
        }),
        ...unless(reported, { reason: 'stuck-unreported', gracePeriod: 0 }),
      ],
    }
  },
}

const unless = (well: boolean, trouble: Omit<Trouble, 'state'>): Trouble[] =>
  well ? [] : [{ state: 'attention', ...trouble }]

/** Those that are stuck now, and how many got a new run within a day. */
const stuckTickets = (
  db: Database,
): Promise<{ count: number; renewed: number; since: Date | null }> =>
  db
    .selectFrom('stuck_ticket')
    .select((eb) => [
      eb.cast<number>(eb.fn.countAll().filterWhere('well_at', 'is', null), 'integer').as('count'),
      eb
        .cast<number>(
          eb.fn.countAll().filterWhere('renewed_at', '>', secondsAgo(86_400)),
          'integer',
        )
        .as('renewed'),
      eb.fn.min('since').filterWhere('well_at', 'is', null).as('since'),
    ])
    .executeTakeFirstOrThrow()

/** Those whose timers are late and that may not know it. */
const behindTickets = (db: Database): Promise<{ count: number; since: Date | null }> =>
  db
    .selectFrom('ticket')
    .leftJoin('behind_ticket as told', (join) =>
      join
        .onRef('told.ticket_number', '=', 'ticket.number')
        .onRef('told.since', '=', 'ticket.timer_at'),
    )
    .select((eb) => [
      eb.cast<number>(eb.fn.countAll(), 'integer').as('count'),
      eb.fn.min('ticket.timer_at').as('since'),
    ])
    .where('ticket.timer_at', '<', secondsAgo(LATE_AFTER))
    .where((eb) => eb.or([eb('told.since', 'is', null), eb('told.wakings', '<', MOST_WAKINGS)]))
    .executeTakeFirstOrThrow()

/** When `reconcile` last ran; null where nobody knows: it has never run, or waits for a worker. */
async function reconciledLast(db: Database): Promise<Date | null> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', RECONCILE_MARK)
    .executeTakeFirst()
  const at = reconcileMark.safeParse(row?.value).data?.at
  return at === undefined || Date.parse(at) === 0 ? null : new Date(at)
}
