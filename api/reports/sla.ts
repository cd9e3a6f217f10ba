import { isPeriod } from '../../domain/reports/contract.ts'
import { targetState, targetClocks } from '../../domain/sla/target-clocks.ts'
import type { TargetName } from '../../domain/sla/plan.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
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

/** Tickets looked at together. Their states hold the calendars that they go by. */
const AT_ONCE = 500

const columns = ['answersKept', 'answersMissed', 'solutionsKept', 'solutionsMissed'] as const
const columnOf: Record<TargetName, [met: number, breached: number]> = {
  firstResponse: [0, 1],
  resolution: [2, 3],
}

interface Promised {
  number: number
  key: string
  label: string
  state: Partial<Ticket>
}

/**
 * How many promises of service levels were met, and how many breached. One that was met, or met too
 * late, counts when it was met; one that is breached and still open counts when it was due. Merged
 * tickets do not count: nobody has answered or solved them.
 */
export async function slaReport(db: Db, question: Question): Promise<Findings> {
  const along = isPeriod(question.by)
  const { key, label, join } = along
    ? { key: `''`, label: `''`, join: '' }
    : grouping(question.by, 't.opened_at')
  const counts = new Map<string, { label: string; values: number[] }>(
    along ? periods(question).map((day) => [day, { label: day, values: [0, 0, 0, 0] }]) : [],
  )
  const dayOf = dayIn(question.zone)
  const now = new Date().toISOString()
  for (let last = 0; ;) {
    const { rows } = await db.query<Promised>(
      `SELECT t.number, ${key} AS key, ${label} AS label, t.state FROM ticket t ${join}
       WHERE t.number > $7 AND jsonb_typeof(t.state->'slaPlan') = 'object' AND jsonb_typeof(t.state->'mergedInto') IS DISTINCT FROM 'object' AND t.opened_at < ${END}
         AND (coalesce(t.solved_at, t.closed_at) IS NULL OR coalesce(t.solved_at, t.closed_at) >= ${START} OR (t.state->'firstResponse'->>'at')::timestamptz >= ${START}) AND ${AUTHORISED}
       ORDER BY t.number LIMIT ${AT_ONCE}`,
      [...params(question), last],
    )
    if (rows.length === 0) break
    for (const row of rows) {
      for (const { column, at } of outcomes({ ...unopenedTicket(row.number), ...row.state }, now)) {
        const day = dayOf(at)
        if (day < question.from || day > question.to) continue
        const group = along ? (periods({ from: day, to: day, by: question.by })[0] ?? day) : row.key
        const counted = counts.get(group) ?? { label: row.label, values: [0, 0, 0, 0] }
        counted.values[column] = (counted.values[column] ?? 0) + 1
        counts.set(group, counted)
      }
      last = row.number
    }
  }
  const found = [...counts].map(([group, counted]) => ({ key: group, ...counted }))
  return {
    columns: columns.map((name) => ({ key: name, unit: 'count' })),
    rows: along ? found : found.sort(byLabel),
    total: columns.map((_, index) => found.reduce((sum, row) => sum + (row.values[index] ?? 0), 0)),
  }
}

/** What became of each promise of a ticket, and when; nothing of those that still run. */
function outcomes(ticket: Ticket, now: string): { column: number; at: string }[] {
  return targetClocks(ticket).flatMap((clock) => {
    const [met, breached] = columnOf[clock.target]
    const how = targetState(clock, now)
    if (how === 'met' && clock.metAt !== null) return [{ column: met, at: clock.metAt }]
    if (how === 'late' && clock.metAt !== null) return [{ column: breached, at: clock.metAt }]
    return how === 'breached' && clock.dueAt !== null ? [{ column: breached, at: clock.dueAt }] : []
  })
}

/** The calendar day of a moment in a time zone, as 2026-11-24. */
function dayIn(zone: string): (iso: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return (iso) => format.format(Date.parse(iso))
}
