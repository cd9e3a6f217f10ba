import type pg from 'pg'
import type { Command } from '../../domain/commands.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import type { ReplannedPage } from '../../workflows/sla/activities.ts'
import {
  type CurrentSlaSettings,
  markPlanned,
  PLANNED_TICKET,
  planCommands,
  type PlannedTicket,
} from './planned-tickets.ts'

/** Tickets of one page, and of them at once: Temporal is also asked by people. */
const MOST = 200
const AT_ONCE = 8

/** How a plan reaches its ticket; once it has returned, the ticket goes by it. */
export type SetSlaPlan = (ticketNumber: number, command: Command<'setSlaPlan'>) => Promise<void>

/**
 * Puts the settings of now to the next tickets that are not closed and not yet at their revision. The
 * mark on a ticket's row is set last, so that a page which is cut off is simply done again.
 * @param after number of the ticket before the first one.
 * @param onProgress called after each ticket.
 */
export async function replanPage(
  pool: pg.Pool,
  current: CurrentSlaSettings,
  set: SetSlaPlan,
  after: number,
  onProgress: () => void = () => undefined,
): Promise<ReplannedPage> {
  const settings = await current.now()
  const { rows } = await pool.query<PlannedTicket>(
    `SELECT ${PLANNED_TICKET} FROM ticket WHERE sla_revision < $1 AND status <> 'closed' AND number > $2 ORDER BY number LIMIT ${MOST}`,
    [settings.revision, after],
  )
  const unconcerned: number[] = []
  const waiting = rows.filter((ticket) => {
    const concerned = planCommands(settings, ticket).length > 0
    if (!concerned) unconcerned.push(ticket.number)
    return concerned
  })
  await markPlanned(pool, unconcerned, settings.revision)
  const work = async (): Promise<void> => {
    for (let ticket = waiting.shift(); ticket; ticket = waiting.shift()) {
      for (const { command } of planCommands(settings, ticket)) {
        try {
          await set(ticket.number, command)
        } catch (error) {
          // A ticket that refuses (it was merged into another) is not asked again at this revision.
          if (!(error instanceof CommandRejectedError)) throw error
        }
      }
      await markPlanned(pool, [ticket.number], settings.revision)
      onProgress()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { tickets: rows.length, last: rows.length < MOST ? null : (rows.at(-1)?.number ?? null) }
}

/**
 * Raises the revision, unless nothing was ever set up: plans hold clock changes of whole years
 * (application/sla/settings.ts).
 */
export const renewSlaPlans = async (pool: pg.Pool): Promise<void> => {
  const {
    rows: [row],
  } = await pool.query<{ revision: number }>('SELECT revision FROM sla_revision')
  if ((row?.revision ?? 0) > 0) await raiseSlaRevision(pgQuery(pool))
}

/**
 * Is there a ticket that goes by older settings although nobody is at it? New and reopened ones get
 * their plan by what they owe.
 * @param seconds since the settings or the ticket changed.
 */
export async function hasOutdatedPlans(
  db: Pick<pg.Pool, 'query'>,
  seconds: number,
): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT 1 FROM ticket t, sla_revision s
     WHERE s.planned_at < now() - make_interval(secs => $1) AND t.sla_revision < s.revision AND t.status <> 'closed' AND t.updated_at < now() - make_interval(secs => $1)
       AND NOT EXISTS (SELECT 1 FROM ticket_job j WHERE j.ticket_number = t.number AND j.kind = 'slaPlan') LIMIT 1`,
    [seconds],
  )
  return rows.length > 0
}
