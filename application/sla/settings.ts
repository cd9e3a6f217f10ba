import type { CalendarSnapshot, WeeklyHours } from '../../domain/sla/calendar.ts'
import {
  domainOfAddress,
  type SlaPlan,
  type SlaRule,
  type WaitingPolicy,
} from '../../domain/sla/plan.ts'
import type { Priority } from '../../domain/vocabulary.ts'
import type { Query } from '../../platform/postgres/query.ts'
import { zoneOffsets } from './time-zone.ts'

const YEAR = 365 * 86_400_000

/** Every service level, calendar and waiting policy at one revision. */
export interface SlaSettings {
  revision: number
  rules: SlaRule[]
  calendars: CalendarSnapshot[]
  waiting: WaitingPolicy[]
}

/**
 * Raises the revision: to be called in the transaction of every change, so that open tickets are
 * planned anew.
 */
export const raiseSlaRevision = (query: Query): Promise<unknown[]> =>
  query('UPDATE sla_revision SET revision = revision + 1, planned_at = now()', [])

/**
 * The same after a change of the tree of categories, which matters only where a service level is
 * for one of them.
 */
export const raiseForCategories = (query: Query): Promise<unknown[]> =>
  query(
    'UPDATE sla_revision SET revision = revision + 1, planned_at = now() WHERE EXISTS (SELECT 1 FROM service_level WHERE category_id IS NOT NULL)',
    [],
  )

/** The same after a change of a person, who may be the one that missed tickets are handed to. */
export const raiseForPerson = (query: Query, userId: string): Promise<unknown[]> =>
  query(
    'UPDATE sla_revision SET revision = revision + 1, planned_at = now() WHERE EXISTS (SELECT 1 FROM service_level WHERE escalate_owner_id = $1)',
    [userId],
  )

interface RuleRow {
  id: string
  name: string
  domain: string | null
  category_id: string | null
  category_name: string | null
  within: string[]
  department_id: string | null
  priority: Priority | null
  calendar_id: string | null
  first_response: number | null
  resolution: number | null
  warn_percent: number
  escalate_priority: Priority | null
  owner_id: string | null
  owner_name: string | null
  owner_email: string | null
}

/**
 * @param now milliseconds since 1970: clock changes are written out from three years before to
 *   three years after.
 */
export async function readSlaSettings(
  query: Query,
  revision: number,
  now: number,
): Promise<SlaSettings> {
  const rules = (await query(
    `SELECT r.id, r.name, r.domain, r.category_id, category_path(r.category_id) AS category_name, categories_within(r.category_id) AS within, r.department_id, r.priority, r.calendar_id, r.first_response, r.resolution, r.warn_percent, r.escalate_priority,
       u.id AS owner_id, u.name AS owner_name, u.email AS owner_email
     FROM service_level r LEFT JOIN app_user u ON u.id = r.escalate_owner_id AND u.active AND u.role <> 'approver' ORDER BY r.id`,
    [],
  )) as RuleRow[]
  const calendars = (await query(
    'SELECT id, name, zone, weekly, holidays FROM sla_calendar ORDER BY id',
    [],
  )) as { id: string; name: string; zone: string; weekly: WeeklyHours[]; holidays: string[] }[]
  const waiting = (await query(
    'SELECT department_id AS "departmentId", reminders, close_after AS "closeAfter" FROM waiting_policy ORDER BY department_id',
    [],
  )) as WaitingPolicy[]
  // By whole years, so that a plan made again within one is the same plan.
  const year = new Date(now).getUTCFullYear()
  return {
    revision,
    waiting,
    rules: rules.map((r): SlaRule => ({
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
    })),
    calendars: calendars.map((c): CalendarSnapshot => ({
      ...c,
      offsets: zoneOffsets(c.zone, Date.UTC(year - 3, 0, 1), Date.UTC(year, 0, 1) + 4 * YEAR),
    })),
  }
}

/** What of the settings can ever concern a requester; null when nothing can. */
export function planFor(
  { rules, calendars, waiting }: SlaSettings,
  requesterEmail: string,
): SlaPlan | null {
  const domain = domainOfAddress(requesterEmail)
  const concerning = rules.filter((r) => r.domain === null || r.domain === domain)
  if (concerning.length === 0 && waiting.length === 0) return null
  const used = new Set(concerning.map((r) => r.calendarId))
  return { rules: concerning, calendars: calendars.filter((c) => used.has(c.id)), waiting }
}
