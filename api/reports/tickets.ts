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

interface Counted {
  key: string
  label: string
  opened: number
  solved: number
  reopened: number
  /** By how much the backlog grew, in the period and before it. */
  growth: number
  growth_before: number
}

const ENDED = `('solved', 'closed')`
const ENDS = `e.type = 'statusChanged' AND e.data->>'from' NOT IN ${ENDED} AND e.data->>'to' IN ${ENDED}`
const REOPENS = `e.type = 'statusChanged' AND e.data->>'from' IN ${ENDED} AND e.data->>'to' NOT IN ${ENDED}`
/** A merged ticket leaves the backlog, but nobody has solved it. */
const BY_WORK = `e.data->>'reason' <> 'merge'`
const GROWTH = `(CASE WHEN e.type = 'ticketOpened' OR (${REOPENS}) THEN 1 WHEN ${ENDS} THEN -1 ELSE 0 END)`

/**
 * How many tickets were opened, solved and reopened, and how many were left at the end of each
 * period (backlog): counted from the events, so that a ticket that was solved twice counts twice.
 * Departments, categories and owners are those of now.
 */
export async function ticketsReport(db: Db, question: Question): Promise<Findings> {
  const along = isPeriod(question.by)
  const { key, label, join } = grouping(question.by, 'e.at')
  const { rows: counted } = await db.query<Counted>(
    `SELECT ${along ? `CASE WHEN e.at < ${START} THEN '' ELSE ${key} END` : key} AS key, ${along ? `''` : `max(${label})`} AS label,
       count(*) FILTER (WHERE e.type = 'ticketOpened' AND e.at >= ${START})::int AS opened,
       count(*) FILTER (WHERE ${ENDS} AND ${BY_WORK} AND e.at >= ${START})::int AS solved,
       count(*) FILTER (WHERE ${REOPENS} AND ${BY_WORK} AND e.at >= ${START})::int AS reopened,
       coalesce(sum(${GROWTH}) FILTER (WHERE e.at >= ${START}), 0)::int AS growth, coalesce(sum(${GROWTH}) FILTER (WHERE e.at < ${START}), 0)::int AS growth_before
     FROM ticket_event e JOIN ticket t ON t.number = e.ticket_number ${join}
     WHERE e.type IN ('ticketOpened', 'statusChanged') AND e.at < ${END} AND ${AUTHORISED} GROUP BY 1`,
    params(question),
  )
  const sum = (of: (row: Counted) => number): number =>
    counted.reduce((total, row) => total + of(row), 0)
  return {
    columns: ['opened', 'solved', 'reopened', 'backlog'].map((name) => ({
      key: name,
      unit: 'count',
    })),
    rows: along
      ? alongTime(question, counted)
      : counted.sort(byLabel).map((row) => ({
          key: row.key,
          label: row.label,
          values: [row.opened, row.solved, row.reopened, row.growth_before + row.growth],
        })),
    total: [
      sum((r) => r.opened),
      sum((r) => r.solved),
      sum((r) => r.reopened),
      sum((r) => r.growth + r.growth_before),
    ],
  }
}

function alongTime(question: Question, counted: readonly Counted[]): Findings['rows'] {
  const byKey = new Map(counted.map((row) => [row.key, row]))
  let backlog = byKey.get('')?.growth_before ?? 0
  return periods(question).map((day) => {
    const row = byKey.get(day)
    backlog += row?.growth ?? 0
    return {
      key: day,
      label: day,
      values: [row?.opened ?? 0, row?.solved ?? 0, row?.reopened ?? 0, backlog],
    }
  })
}
