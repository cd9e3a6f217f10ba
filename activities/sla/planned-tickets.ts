import { type InferResult, sql } from 'kysely'
import { planFor } from '../../domain/sla/plan.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { readSlaSettings, type SlaSettings } from '../../application/sla/settings.ts'
import type { JobInput, PreparedCommand } from '../../workflows/ticket/activities.ts'

/** The settings of now, read once for each revision and process: clock changes cost some reckoning. */
export class CurrentSlaSettings {
  private read: { revision: number; year: number; settings: Promise<SlaSettings> } | null = null

  constructor(private readonly db: Database) {}

  async now(): Promise<SlaSettings> {
    const row = await this.db.selectFrom('sla_revision').select('revision').executeTakeFirst()
    const [revision, year] = [row?.revision ?? 0, new Date().getUTCFullYear()]
    if (this.read?.revision !== revision || this.read.year !== year) {
      const settings = readSlaSettings(this.db, revision, Date.now())
      this.read = { revision, year, settings }
      // One that could not be read is not kept.
      settings.catch(() => {
        this.read = null
      })
    }
    return this.read.settings
  }
}

/** Tickets that are not closed, as planning looks at them. */
export const openTickets = (db: Database) =>
  db
    .selectFrom('ticket')
    .select([
      'number',
      'requester_email',
      'sla_revision',
      sql<boolean>`coalesce(jsonb_typeof(state->'slaPlan') = 'object', false)`.as('is_planned'),
    ])
    .where('status', '<>', 'closed')

export type PlannedTicket = InferResult<ReturnType<typeof openTickets>>[number]

/**
 * The settings' plan for a ticket.
 * @param why the command's id: what it follows from makes a second attempt harmless.
 * @returns nothing when no service level concerns it and none did.
 */
export function planCommands(
  settings: SlaSettings,
  ticket: PlannedTicket,
  why = `sla-${settings.revision}`,
): PreparedCommand<'setSlaPlan'>[] {
  const plan = planFor(settings, ticket.requester_email)
  if (plan === null && !ticket.is_planned) return []
  return [{ name: 'setSlaPlan', command: { id: why, actor: SYSTEM, payload: { plan } } }]
}

/** Notes that tickets go by the settings of a revision, or are about to. */
export const markPlanned = async (
  db: Database,
  numbers: readonly number[],
  revision: number,
): Promise<void> =>
  void (await db
    .updateTable('ticket')
    .set({ sla_revision: revision })
    .where('number', '=', anyOf(numbers, 'integer'))
    .where('sla_revision', '<', revision)
    .execute())

/**
 * The plan of a ticket that is new, open again, or another requester's. What the ticket owes stays until the plan's
 * command is decided, so the mark may be set before.
 */
export async function slaPlanOf(
  db: Database,
  current: CurrentSlaSettings,
  { ticketNumber, eventNo }: JobInput,
): Promise<PreparedCommand[]> {
  const settings = await current.now()
  const ticket = await openTickets(db).where('number', '=', ticketNumber).executeTakeFirst()
  if (!ticket) return []
  await markPlanned(db, [ticketNumber], settings.revision)
  const { revision } = settings
  const again = ticket.sla_revision >= revision ? `sla-${revision}-${eventNo}` : undefined
  return planCommands(settings, ticket, again)
}
