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

interface Waited {
  key: string | null
  label: string
  whole: boolean
  approved: number
  refused: number
  half: number
  most: number
}

/**
 * How many approvals were approved and refused, and how long they had waited for it: half of them
 * less than p50, nine in ten less than p90. Minutes of the clock from the first asking to the
 * decision, by the moment of the decision. Those that were withdrawn do not count.
 */
export async function approvalsReport(db: Db, question: Question): Promise<Findings> {
  const { key, label, join } = grouping(question.by, 'a.at')
  const { rows: waited } = await db.query<Waited>(
    `SELECT taken.key, max(taken.label) AS label, grouping(taken.key) = 1 AS whole,
       count(*) FILTER (WHERE taken.state = 'approved')::int AS approved, count(*) FILTER (WHERE taken.state = 'refused')::int AS refused,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY taken.minutes) AS half, percentile_cont(0.9) WITHIN GROUP (ORDER BY taken.minutes) AS most
     FROM (SELECT ${key} AS key, ${label} AS label, a.state, extract(epoch FROM a.at - a.asked_at)::float8 / 60 AS minutes
           FROM (SELECT ticket_number, state, asked_at, (data->>'endedAt')::timestamptz AS at FROM approval WHERE state IN ('approved', 'refused')) AS a
             JOIN ticket t ON t.number = a.ticket_number ${join} WHERE a.at >= ${START} AND a.at < ${END} AND ${AUTHORISED}) AS taken
     GROUP BY GROUPING SETS ((taken.key), ())`,
    params(question),
  )
  const groups = waited.filter((row) => !row.whole)
  const keys = isPeriod(question.by)
    ? periods(question).map((day) => ({ key: day, label: day }))
    : groups.map((row) => ({ key: row.key ?? '', label: row.label })).sort(byLabel)
  return {
    columns: [
      { key: 'approved', unit: 'count' },
      { key: 'refused', unit: 'count' },
      { key: 'waitP50', unit: 'minutes' },
      { key: 'waitP90', unit: 'minutes' },
    ],
    rows: keys.map(({ key: one, label: name }) => ({
      key: one,
      label: name,
      values: valuesOf(groups.find((row) => row.key === one)),
    })),
    total: valuesOf(waited.find((row) => row.whole)),
  }
}

const valuesOf = (row: Waited | undefined): (number | null)[] =>
  row && row.approved + row.refused > 0
    ? [
        row.approved,
        row.refused,
        Math.round(row.half * 100) / 100,
        Math.round(row.most * 100) / 100,
      ]
    : [0, 0, null, null]
