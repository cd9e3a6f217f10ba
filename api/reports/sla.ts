import { sql } from 'kysely'
import { isPeriod } from '../../domain/reports/contract.ts'
import { targetState, targetClocks } from '../../domain/sla/target-clocks.ts'
import type { TargetName } from '../../domain/sla/plan.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import type { Database } from '../../platform/postgres/database.ts'
import {
  authorised,
  byLabel,
  end,
  type Findings,
  grouping,
  periods,
  type Question,
  start,
} from './question.ts'

/** Tickets looked at together. Their states hold the calendars that they go by. */
const AT_ONCE = 500

const columns = ['answersKept', 'answersMissed', 'solutionsKept', 'solutionsMissed'] as const
const columnOf: Record<TargetName, [met: number, breached: number]> = {
  firstResponse: [0, 1],
  resolution: [2, 3],
}

/**
 * How many promises of service levels were met, and how many breached. One that was met, or met too
 * late, counts when it was met; one that is breached and still open counts when it was due. Merged
 * tickets do not count: nobody has answered or solved them.
 */
export async function slaReport(db: Database, question: Question): Promise<Findings> {
  const along = isPeriod(question.by)
  const counts = new Map<string, { label: string; values: number[] }>(
    along ? periods(question).map((day) => [day, { label: day, values: [0, 0, 0, 0] }]) : [],
  )
  const dayOf = dayIn(question.zone)
  const now = new Date().toISOString()
  for (let last = 0; ;) {
    const rows = await promised(db, question, last)
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

/** Tickets with a service level that may have been met or missed in the time, by number. */
function promised(db: Database, question: Question, last: number) {
  const { key, label } = grouping(question, sql.ref('t.opened_at'))
  const ended = sql<Date | null>`coalesce(t.solved_at, t.closed_at)`
  const answered = sql<Date | null>`(t.state->'firstResponse'->>'at')::timestamptz`
  return db
    .selectFrom('ticket as t')
    .select(['t.number', key.as('key'), label(key).as('label'), 't.state'])
    .where('t.number', '>', last)
    .where(sql<string>`jsonb_typeof(t.state->'slaPlan')`, '=', 'object')
    .where(sql<string>`jsonb_typeof(t.state->'mergedInto')`, 'is distinct from', 'object')
    .where('t.opened_at', '<', end(question))
    .where((eb) =>
      eb.or([
        eb(ended, 'is', null),
        eb(ended, '>=', start(question)),
        eb(answered, '>=', start(question)),
      ]),
    )
    .where(authorised(question))
    .orderBy('t.number')
    .limit(AT_ONCE)
    .execute()
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
