import { isPeriod } from '../../domain/reports/contract.ts'
import {
  byLabel,
  type Db,
  END,
  type Findings,
  grouping,
  params,
  periods,
  type Question,
  AUTHORISED,
  START,
} from './question.ts'

interface Worked {
  key: string | null
  label: string
  whole: boolean
  minutes: number
  billable: number
}

/**
 * Time that was recorded, and how much of it is billable, by the day of the work. An owner here is
 * whoever did the work.
 */
export async function workedReport(db: Db, question: Question): Promise<Findings> {
  const { key, label, join } =
    question.by === 'owner'
      ? {
          key: 'e.user_id::text',
          label: 'coalesce(u.name, e.user_name)',
          join: 'LEFT JOIN app_user u ON u.id = e.user_id',
        }
      : grouping(question.by, 'e.worked_at')
  const { rows: worked } = await db.query<Worked>(
    `SELECT done.key, max(done.label) AS label, grouping(done.key) = 1 AS whole, coalesce(sum(done.minutes), 0)::int AS minutes, coalesce(sum(done.minutes) FILTER (WHERE done.billable), 0)::int AS billable
     FROM (SELECT ${key} AS key, ${label} AS label, e.minutes, e.billable FROM time_entry e JOIN ticket t ON t.number = e.ticket_number ${join}
           WHERE e.worked_at >= ${START} AND e.worked_at < ${END} AND ${AUTHORISED}) AS done
     GROUP BY GROUPING SETS ((done.key), ())`,
    params(question),
  )
  const groups = worked.filter((row) => !row.whole)
  const keys = isPeriod(question.by)
    ? periods(question).map((day) => ({ key: day, label: day }))
    : groups.map((row) => ({ key: row.key ?? '', label: row.label })).sort(byLabel)
  return {
    columns: [
      { key: 'worked', unit: 'minutes' },
      { key: 'billable', unit: 'minutes' },
    ],
    rows: keys.map(({ key: one, label: name }) => ({
      key: one,
      label: name,
      values: valuesOf(groups.find((row) => row.key === one)),
    })),
    total: valuesOf(worked.find((row) => row.whole)),
  }
}

const valuesOf = (row: Worked | undefined): number[] => [row?.minutes ?? 0, row?.billable ?? 0]
