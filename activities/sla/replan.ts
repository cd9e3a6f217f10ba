import { atOnce } from '../../application/at-once.ts'
import type { Command } from '../../domain/commands.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import type { ReplannedPage } from '../../workflows/sla/activities.ts'
import {
  type CurrentSlaSettings,
  markPlanned,
  openTickets,
  planCommands,
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
  db: Database,
  current: CurrentSlaSettings,
  set: SetSlaPlan,
  after: number,
  onProgress: () => void = () => undefined,
): Promise<ReplannedPage> {
  const settings = await current.now()
  const tickets = await openTickets(db)
    .where('sla_revision', '<', settings.revision)
    .where('number', '>', after)
    .orderBy('number')
    .limit(MOST)
    .execute()
  const unconcerned: number[] = []
  const waiting = tickets.filter((ticket) => {
    const concerned = planCommands(settings, ticket).length > 0
    if (!concerned) unconcerned.push(ticket.number)
    return concerned
  })
  await markPlanned(db, unconcerned, settings.revision)
  await atOnce(waiting, AT_ONCE, async (ticket) => {
    for (const { command } of planCommands(settings, ticket)) {
      try {
        await set(ticket.number, command)
      } catch (error) {
        // A ticket that refuses (it was merged into another) is not asked again at this revision.
        if (!(error instanceof CommandRejectedError)) throw error
      }
    }
    await markPlanned(db, [ticket.number], settings.revision)
    onProgress()
  })
  return {
    tickets: tickets.length,
    last: tickets.length < MOST ? null : (tickets.at(-1)?.number ?? null),
  }
}

/**
 * Raises the revision, unless nothing was ever set up: plans hold clock changes of whole years
 * (application/sla/settings.ts).
 */
export const renewSlaPlans = async (db: Database): Promise<void> => {
  const row = await db.selectFrom('sla_revision').select('revision').executeTakeFirst()
  if ((row?.revision ?? 0) > 0) await raiseSlaRevision(db)
}

/**
 * Is there a ticket that goes by older settings although nobody is at it? New and reopened ones get
 * their plan by what they owe.
 * @param seconds since the settings or the ticket changed.
 */
export async function hasOutdatedPlans(db: Database, seconds: number): Promise<boolean> {
  const outdated = await db
    .selectFrom('ticket as t')
    .innerJoin('sla_revision as s', (join) => join.onRef('t.sla_revision', '<', 's.revision'))
    .select('t.number')
    .where('s.planned_at', '<', secondsAgo(seconds))
    .where('t.status', '<>', 'closed')
    .where('t.updated_at', '<', secondsAgo(seconds))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ticket_job as j')
            .select('j.kind')
            .whereRef('j.ticket_number', '=', 't.number')
            .where('j.kind', '=', 'slaPlan'),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst()
  return outdated !== undefined
}
