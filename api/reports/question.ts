import { type Expression, expressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely'
import { isPeriod, type Report, type ReportQuery } from '../../domain/reports/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { DB } from '../../prisma/generated/database.ts'

/** What is asked, within what the person may see. */
export interface Question extends ReportQuery {
  /** Null: all departments. */
  departments: readonly string[] | null
  /** Null: all locations. */
  locations: readonly string[] | null
}

/** Columns and rows of a report, before periods without anything are filled in. */
export type Findings = Pick<Report, 'columns' | 'rows' | 'total'>

/** The first moment that counts. */
export const start = ({ from, zone }: Question) =>
  sql<Date>`(${from}::date::timestamp AT TIME ZONE ${zone}::text)`

/** The first moment that does not count any more. */
export const end = ({ to, zone }: Question) =>
  sql<Date>`((${to}::date + 1)::timestamp AT TIME ZONE ${zone}::text)`

/** Whether the ticket `t` belongs to what is asked about, and the person sees it. */
export function authorised({ department, departments, locations }: Question): Expression<SqlBool> {
  const eb = expressionBuilder<{ t: DB['ticket'] }, 't'>()
  return eb.and([
    ...(department === undefined ? [] : [eb('t.department_id', '=', department)]),
    ...(departments === null ? [] : [eb('t.department_id', '=', anyOf(departments, 'uuid'))]),
    ...(locations === null ? [] : [eb('t.location_id', '=', anyOf(locations, 'uuid'))]),
  ])
}

export interface Grouping {
  /** What tells rows apart, of one that is counted. */
  key: RawBuilder<string>
  /** @returns the name of a group by its key. */
  label: (key: Expression<string | null>) => RawBuilder<string>
}

/**
 * How rows are told apart: by when something happened, or by what the ticket `t` belongs to now.
 * @param at of what is counted.
 */
export function grouping({ by, zone }: Question, at: Expression<Date>): Grouping {
  if (isPeriod(by))
    return {
      key: sql<string>`date_trunc(${sql.lit(by)}, ${at} AT TIME ZONE ${zone}::text)::date::text`,
      label: (key) => sql<string>`coalesce(${key}, '')`,
    }
  return {
    key: sql<string>`coalesce(${sql.ref(`t.${by}_id`)}::text, '')`,
    label: (key) => sql<string>`coalesce(${nameIn[by](sql`nullif(${key}, '')::uuid`)}, '')`,
  }
}

const rows = expressionBuilder<DB>()
const nameIn = {
  department: (id: RawBuilder<string>) =>
    rows.selectFrom('department').select('name').where('id', '=', id),
  category: (id: RawBuilder<string>) =>
    rows.selectFrom('category').select('name').where('id', '=', id),
  owner: (id: RawBuilder<string>) =>
    rows.selectFrom('app_user').select('name').where('id', '=', id),
}

/** How many of the rows of a group are such. */
export const countWhere = (condition: Expression<SqlBool>) =>
  sql<number>`(count(*) FILTER (WHERE ${condition}))::int`

/** Up to where a part of the rows of a group come, the least first; null when there are none. */
export const percentile = (part: number, of: Expression<number>) =>
  sql<number | null>`percentile_cont(${sql.lit(part)}) WITHIN GROUP (ORDER BY ${of})`

/** Minutes with as many decimals as are shown. */
export const rounded = (minutes: number | null): number | null =>
  minutes === null ? null : Math.round(minutes * 100) / 100

/**
 * The first days of all periods that the report covers, in order. Plain calendar days, whatever the
 * time zone.
 */
export function periods({ from, to, by }: Pick<ReportQuery, 'from' | 'to' | 'by'>): string[] {
  const day = new Date(`${from}T00:00:00Z`)
  // ISO 8601: weeks begin on Monday.
  if (by === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  if (by === 'month') day.setUTCDate(1)
  const days: string[] = []
  for (let text = isoDay(day); text <= to; text = isoDay(day)) {
    days.push(text)
    if (by === 'month') day.setUTCMonth(day.getUTCMonth() + 1)
    else day.setUTCDate(day.getUTCDate() + (by === 'week' ? 7 : 1))
  }
  return days
}

const isoDay = (day: Date): string => day.toISOString().slice(0, 10)

/** Names in their order, tickets without one last. */
export const byLabel = (
  a: { key: string; label: string },
  b: { key: string; label: string },
): number =>
  Number(a.key === '') - Number(b.key === '') ||
  a.label.localeCompare(b.label, 'en') ||
  (a.key < b.key ? -1 : 1)
