import type pg from 'pg'
import {
  isPeriod,
  type Report,
  type ReportBy,
  type ReportQuery,
} from '../../domain/reports/contract.ts'

export type Db = Pick<pg.Pool, 'query'>

/** What is asked, within what the person may see. */
export interface Question extends ReportQuery {
  /** Null: all departments. */
  departments: readonly string[] | null
  /** Null: all locations. */
  locations: readonly string[] | null
}

/** Columns and rows of a report, before periods without anything are filled in. */
export type Findings = Pick<Report, 'columns' | 'rows' | 'total'>

/**
 * $1 first day · $2 last day · $3 time zone · $4 one department · $5 departments that the person
 * sees · $6 locations
 */
export const params = ({
  from,
  to,
  zone,
  department,
  departments,
  locations,
}: Question): unknown[] => [from, to, zone, department ?? null, departments, locations]

/** The first moment that counts, and the first that does not. */
export const START = `($1::date::timestamp AT TIME ZONE $3::text)`
export const END = `(($2::date + 1)::timestamp AT TIME ZONE $3::text)`
export const AUTHORISED = `($4::uuid IS NULL OR t.department_id = $4) AND ($5::uuid[] IS NULL OR t.department_id = ANY($5)) AND ($6::uuid[] IS NULL OR t.location_id = ANY($6))`

/**
 * How rows are told apart: by when something happened, or by what the ticket belongs to now.
 * @param at an expression on what is counted.
 */
export function grouping(by: ReportBy, at: string): { key: string; label: string; join: string } {
  if (isPeriod(by)) {
    const day = `date_trunc('${by}', ${at} AT TIME ZONE $3::text)::date::text`
    return { key: day, label: day, join: '' }
  }
  const { table, column } = {
    department: { table: 'department', column: 'department_id' },
    category: { table: 'category', column: 'category_id' },
    owner: { table: 'app_user', column: 'owner_id' },
  }[by]
  return {
    key: `coalesce(t.${column}::text, '')`,
    label: `coalesce(g.name, '')`,
    join: `LEFT JOIN ${table} g ON g.id = t.${column}`,
  }
}

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
