import { z } from 'zod'
import { isoDay } from '../contract.ts'

/**
 * Every report. A new one: its name here, its question in api/reports/, its words in
 * languages/en/web (reports.name).
 */
export const reportName = z.enum(['tickets', 'times', 'sla', 'approvals', 'worked'])
export type ReportName = z.infer<typeof reportName>

export const reportBy = z.enum(['day', 'week', 'month', 'department', 'category', 'owner'])
export type ReportBy = z.infer<typeof reportBy>

/** Does the report run along time? */
export const isPeriod = (by: ReportBy): by is 'day' | 'week' | 'month' =>
  by === 'day' || by === 'week' || by === 'month'

const knownZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Days from `from` to `to`, both counted, in the time zone. */
export const reportQuery = z
  .object({
    from: isoDay,
    to: isoDay,
    by: reportBy.default('day'),
    department: z.uuid().optional(),
    /** IANA name: where a day begins. */
    zone: z
      .string()
      .max(64)
      .refine(knownZone, 'is not a time zone such as Europe/Paris')
      .default('UTC'),
  })
  .refine((query) => query.from <= query.to, { message: 'must not be before from', path: ['to'] })
  .refine((query) => Date.parse(query.to) - Date.parse(query.from) <= 1100 * 86_400_000, {
    message: 'must be within three years of from',
    path: ['to'],
  })
export type ReportQuery = z.infer<typeof reportQuery>

/** A table: one row for each period or group, and one for all. Null: nothing to measure. */
export const report = z
  .object({
    name: reportName,
    from: isoDay,
    to: isoDay,
    by: reportBy,
    zone: z.string(),
    columns: z.array(z.object({ key: z.string(), unit: z.enum(['count', 'minutes']) })),
    /**
     * `key`: the first day of the period, or an id; empty for tickets without owner or category.
     * `label`: the name, or the day again.
     */
    rows: z.array(
      z.object({ key: z.string(), label: z.string(), values: z.array(z.number().nullable()) }),
    ),
    total: z.array(z.number().nullable()),
  })
  .meta({ id: 'Report' })
export type Report = z.infer<typeof report>
