import type pg from 'pg'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { planFor, readSlaSettings, type SlaSettings } from '../../application/sla/settings.ts'
import type { JobInput, PreparedCommand } from '../../workflows/ticket/activities.ts'

type Db = Pick<pg.Pool, 'query'>

/** The settings of now, read once for each revision and process: clock changes cost some reckoning. */
export class CurrentSlaSettings {
  private read: { revision: number; year: number; settings: Promise<SlaSettings> } | null = null

  constructor(private readonly db: Db) {}

  async now(): Promise<SlaSettings> {
    const {
      rows: [row],
    } = await this.db.query<{ revision: number }>('SELECT revision FROM sla_revision')
    const [revision, year] = [row?.revision ?? 0, new Date().getUTCFullYear()]
    if (this.read?.revision !== revision || this.read.year !== year) {
      const settings = readSlaSettings(pgQuery(this.db), revision, Date.now())
      this.read = { revision, year, settings }
      // One that could not be read is not kept.
      settings.catch(() => {
        this.read = null
      })
    }
    return this.read.settings
  }
}

/** A ticket as planning looks at it. */
export interface PlannedTicket {
  number: number
  requester_email: string
  is_planned: boolean
}

export const PLANNED_TICKET =
  "number, requester_email, coalesce(jsonb_typeof(state->'slaPlan') = 'object', false) AS is_planned"

/**
 * The settings' plan for a ticket.
 * @returns nothing when no service level concerns it and none did.
 */
export function planCommands(
  settings: SlaSettings,
  ticket: PlannedTicket,
): PreparedCommand<'setSlaPlan'>[] {
  const plan = planFor(settings, ticket.requester_email)
  if (plan === null && !ticket.is_planned) return []
  // The id makes a second attempt of the same revision harmless.
  return [
    {
      name: 'setSlaPlan',
      command: { id: `sla-${settings.revision}`, actor: SYSTEM, payload: { plan } },
    },
  ]
}

/** Notes that tickets go by the settings of a revision, or are about to. */
export const markPlanned = async (
  db: Db,
  numbers: readonly number[],
  revision: number,
): Promise<void> =>
  void (await db.query(
    'UPDATE ticket SET sla_revision = $2 WHERE number = ANY($1::int[]) AND sla_revision < $2',
    [numbers, revision],
  ))

/**
 * The plan of a ticket that is new, or open again. What the ticket owes stays until the plan's
 * command is decided, so the mark may be set before.
 */
export async function slaPlanOf(
  db: Db,
  current: CurrentSlaSettings,
  { ticketNumber }: JobInput,
): Promise<PreparedCommand[]> {
  const settings = await current.now()
  const {
    rows: [ticket],
  } = await db.query<PlannedTicket>(
    `SELECT ${PLANNED_TICKET} FROM ticket WHERE number = $1 AND status <> 'closed'`,
    [ticketNumber],
  )
  if (!ticket) return []
  await markPlanned(db, [ticketNumber], settings.revision)
  return planCommands(settings, ticket)
}
