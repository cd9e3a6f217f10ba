import type { Client } from '@temporalio/client'
import type pg from 'pg'
import type { SlaPlan } from '../../domain/sla/plan.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { planFor, readSlaSettings, type SlaSettings } from '../../application/sla/settings.ts'
import {
  CommandRejectedError,
  executeWithTimeout,
} from '../../application/tickets/ticket-workflow.ts'

/** Tickets in one pass, and of them at once: Temporal is also asked by people. */
const MOST = 200
const AT_ONCE = 8

/**
 * Days after which plans are made anew although nothing was set: their clock changes reach three
 * years ahead.
 */
const PLAN_LIFETIME_DAYS = 365

interface Outdated {
  number: number
  requester_email: string
  is_planned: boolean
}

/** How a plan reaches its ticket; once it has returned, the ticket goes by it. */
export type SetSlaPlan = (
  ticketNumber: number,
  plan: SlaPlan | null,
  revision: number,
) => Promise<void>

/**
 * Through the ticket's workflow. The id makes a second attempt of the same revision harmless.
 * @param stop ends the waiting for answers.
 */
export const throughTemporal =
  (client: Client, stop?: AbortSignal): SetSlaPlan =>
  async (number, plan, revision) => {
    await executeWithTimeout(client, stop, { number, resume: true }, 'setSlaPlan', {
      id: `sla-${revision}`,
      actor: SYSTEM,
      payload: { plan },
    })
  }

/**
 * Puts the current settings to every ticket that is not closed and not yet at their revision: new
 * ones, reopened ones, and after a change all of them. The mark on the ticket's row is set last, so
 * that a pass which is cut off is simply done again. While no service level was ever set up this is
 * one look at one row.
 * @returns how many tickets were brought up to date.
 */
export async function replanTickets(pool: pg.Pool, set: SetSlaPlan): Promise<number> {
  const {
    rows: [current],
  } = await pool.query<{ revision: number; old: boolean }>(
    `SELECT revision, revision > 0 AND planned_at < now() - interval '${PLAN_LIFETIME_DAYS} days' AS old FROM sla_revision`,
  )
  if (!current || current.revision === 0) return 0
  if (current.old)
    await pool.query(
      'UPDATE sla_revision SET revision = revision + 1, planned_at = now() WHERE revision = $1',
      [current.revision],
    )
  const { rows } = await pool.query<Outdated>(
    `SELECT number, requester_email, coalesce(jsonb_typeof(state->'slaPlan') = 'object', false) AS is_planned
     FROM ticket WHERE sla_revision < $1 AND status <> 'closed' ORDER BY sla_revision, number LIMIT ${MOST}`,
    [current.revision],
  )
  if (rows.length === 0) return 0
  const settings = await readSlaSettings(pgQuery(pool), current.revision, Date.now())
  const waiting = [...rows]
  let done = 0
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await bring(pool, set, settings, next)
      done++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return done
}

async function bring(
  pool: pg.Pool,
  set: SetSlaPlan,
  settings: SlaSettings,
  { number, requester_email, is_planned }: Outdated,
): Promise<void> {
  const plan = planFor(settings, requester_email)
  if (plan !== null || is_planned) {
    try {
      await set(number, plan, settings.revision)
    } catch (error) {
      // A ticket that refuses (it was merged into another) is not asked again at this revision.
      if (!(error instanceof CommandRejectedError)) throw error
    }
  }
  await pool.query('UPDATE ticket SET sla_revision = $2 WHERE number = $1 AND sla_revision < $2', [
    number,
    settings.revision,
  ])
}
