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

interface Measured {
  key: string | null
  label: string
  whole: boolean
  count: number
  half: number
  most: number
}

/**
 * The first answer of an agent that was not taken back, where it was given in the time that is
 * asked about.
 */
const FIRST_ANSWERS = `
SELECT e.ticket_number, min(e.at) AS at FROM ticket_event e
WHERE e.type = 'messageQueued' AND e.data->>'kind' = 'reply' AND e.at < ${END}
  AND NOT EXISTS (SELECT 1 FROM ticket_event c WHERE c.ticket_number = e.ticket_number AND c.type = 'messageCancelled' AND c.data->>'messageId' = e.data->>'messageId')
GROUP BY e.ticket_number HAVING min(e.at) >= ${START}`

/** The last time in it that a ticket was solved, or closed unsolved; being merged is neither. */
const SOLUTIONS = `
SELECT e.ticket_number, max(e.at) AS at FROM ticket_event e
WHERE e.type = 'statusChanged' AND e.at >= ${START} AND e.at < ${END} AND e.data->>'from' NOT IN ('solved', 'closed') AND e.data->>'to' IN ('solved', 'closed') AND e.data->>'reason' <> 'merge'
GROUP BY e.ticket_number`

/**
 * How long it took from the opening of a ticket to the first answer and to the solution: half of
 * them were quicker than p50, nine in ten quicker than p90. Minutes of the clock, day and night,
 * and by the moment at which the answer or solution came.
 */
export async function timesReport(db: Db, question: Question): Promise<Findings> {
  const measured = await Promise.all(
    [FIRST_ANSWERS, SOLUTIONS].map((moments) => measure(db, question, moments)),
  )
  const labels = new Map(
    measured.flat().flatMap((row) => (row.key === null ? [] : [[row.key, row.label]])),
  )
  const keys = isPeriod(question.by)
    ? periods(question).map((day) => ({ key: day, label: day }))
    : [...labels].map(([key, label]) => ({ key, label })).sort(byLabel)
  const values = (of: (row: Measured) => boolean): (number | null)[] =>
    measured.flatMap((rows) => {
      const row = rows.find(of)
      return row && row.count > 0
        ? [row.count, rounded(row.half), rounded(row.most)]
        : [0, null, null]
    })
  return {
    columns: [
      { key: 'answered', unit: 'count' },
      { key: 'answerP50', unit: 'minutes' },
      { key: 'answerP90', unit: 'minutes' },
      { key: 'solved', unit: 'count' },
      { key: 'solutionP50', unit: 'minutes' },
      { key: 'solutionP90', unit: 'minutes' },
    ],
    rows: keys.map(({ key, label }) => ({
      key,
      label,
      values: values((row) => !row.whole && row.key === key),
    })),
    total: values((row) => row.whole),
  }
}

async function measure(db: Db, question: Question, moments: string): Promise<Measured[]> {
  const { key, label, join } = grouping(question.by, 'm.at')
  const { rows } = await db.query<Measured>(
    `SELECT taken.key, max(taken.label) AS label, grouping(taken.key) = 1 AS whole, count(*)::int AS count,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY taken.minutes) AS half, percentile_cont(0.9) WITHIN GROUP (ORDER BY taken.minutes) AS most
     FROM (SELECT ${key} AS key, ${label} AS label, extract(epoch FROM m.at - t.opened_at)::float8 / 60 AS minutes
           FROM (${moments}) AS m JOIN ticket t ON t.number = m.ticket_number ${join} WHERE ${AUTHORISED}) AS taken
     GROUP BY GROUPING SETS ((taken.key), ())`,
    params(question),
  )
  return rows
}

const rounded = (minutes: number): number => Math.round(minutes * 100) / 100
