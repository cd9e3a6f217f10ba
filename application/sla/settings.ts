import { sql } from 'kysely'
import type { CalendarSnapshot } from '../../domain/sla/calendar.ts'
import type { SlaPlan, SlaRule } from '../../domain/sla/plan.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { zoneOffsets } from './time-zone.ts'

const YEAR = 365 * 86_400_000

/** Every service level, calendar and waiting policy at one revision. */
export interface SlaSettings extends SlaPlan {
  revision: number
}

/**
 * Raises the revision: to be called in the transaction of every change, so that open tickets are
 * planned anew.
 */
export const raiseSlaRevision = async (db: Database): Promise<void> =>
  void (await raised(db).execute())

/**
 * The same after a change of the tree of categories, which matters only where a service level is
 * for one of them.
 */
export const raiseForCategories = async (db: Database): Promise<void> =>
  void (await raised(db)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('service_level').select('id').where('category_id', 'is not', null)),
    )
    .execute())

/** The same after a change of a person, who may be the one that missed tickets are handed to. */
export const raiseForPerson = async (db: Database, userId: string): Promise<void> =>
  void (await raised(db)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('service_level').select('id').where('escalate_owner_id', '=', userId)),
    )
    .execute())

const raised = (db: Database) =>
  db
    .updateTable('sla_revision')
    .set((eb) => ({ revision: eb('revision', '+', 1), planned_at: sql<Date>`now()` }))

/**
 * @param now milliseconds since 1970: clock changes are written out from three years before to
 *   three years after.
 */
export async function readSlaSettings(
  db: Database,
  revision: number,
  now: number,
): Promise<SlaSettings> {
  const rules = await serviceLevels(db).execute()
  const calendars = await db
    .selectFrom('sla_calendar')
    .select(['id', 'name', 'zone', 'weekly', 'holidays'])
    .orderBy('id')
    .execute()
  const waiting = await db
    .selectFrom('waiting_policy')
    .select(['department_id as departmentId', 'reminders', 'close_after as closeAfter'])
    .orderBy('department_id')
    .execute()
  // By whole years, so that a plan made again within one is the same plan.
  const year = new Date(now).getUTCFullYear()
  return {
    revision,
    waiting,
    rules: rules.map(ruleOf),
    calendars: calendars.map((c): CalendarSnapshot => ({
      ...c,
      offsets: zoneOffsets(c.zone, Date.UTC(year - 3, 0, 1), Date.UTC(year, 0, 1) + 4 * YEAR),
    })),
  }
}

/** With the person to hand missed tickets to, who must still work here. */
const serviceLevels = (db: Database) =>
  db
    .selectFrom('service_level as r')
    .leftJoin('app_user as u', (join) =>
      join
        .onRef('u.id', '=', 'r.escalate_owner_id')
        .on('u.active', '=', true)
        .on('u.role', '<>', 'approver'),
    )
    .select((eb) => [
      'r.id',
      'r.name',
      'r.domain',
      'r.category_id',
      eb.fn<string | null>('category_path', ['r.category_id']).as('category_name'),
      eb.fn<string[]>('categories_within', ['r.category_id']).as('within'),
      'r.department_id',
      'r.priority',
      'r.calendar_id',
      'r.first_response',
      'r.resolution',
      'r.warn_percent',
      'r.escalate_priority',
      'u.id as owner_id',
      'u.name as owner_name',
      'u.email as owner_email',
    ])
    .orderBy('r.id')

const ruleOf = (
  r: Awaited<ReturnType<ReturnType<typeof serviceLevels>['execute']>>[number],
): SlaRule => ({
  id: r.id,
  name: r.name,
  domain: r.domain,
  // Left out where there is none, so that plans of before stay as they are.
  ...(r.category_id === null
    ? {}
    : { category: { id: r.category_id, name: r.category_name ?? '', within: r.within } }),
  departmentId: r.department_id,
  priority: r.priority,
  calendarId: r.calendar_id,
  firstResponse: r.first_response,
  resolution: r.resolution,
  warnPercent: r.warn_percent,
  escalatePriority: r.escalate_priority,
  escalateOwner:
    r.owner_id === null
      ? null
      : { id: r.owner_id, name: r.owner_name ?? '', email: r.owner_email ?? '' },
})
