import { sql } from 'kysely'
import { isPeriod } from '../../domain/reports/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import {
  authorised,
  byLabel,
  countWhere,
  end,
  type Findings,
  grouping,
  percentile,
  periods,
  type Question,
  rounded,
  start,
} from './question.ts'

/**
 * How many approvals were approved and refused, and how long they had waited for it: half of them
 * less than p50, nine in ten less than p90. Minutes of the clock from the first asking to the
 * decision, by the moment of the decision. Those that were withdrawn do not count.
 */
export async function approvalsReport(db: Database, question: Question): Promise<Findings> {
  const waited = await waits(db, question)
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

type Waited = Awaited<ReturnType<typeof waits>>[number]

const valuesOf = (row: Waited | undefined): (number | null)[] =>
  row ? [row.approved, row.refused, rounded(row.half), rounded(row.most)] : [0, 0, null, null]

/** By group, and the whole. */
function waits(db: Database, question: Question) {
  const { key, label } = grouping(question, sql.ref('a.at'))
  const decided = db
    .selectFrom('approval')
    .select([
      'ticket_number',
      'state',
      'asked_at',
      sql<Date>`(data->>'endedAt')::timestamptz`.as('at'),
    ])
    .where('state', 'in', ['approved', 'refused'])
  const taken = db
    .selectFrom(decided.as('a'))
    .innerJoin('ticket as t', 't.number', 'a.ticket_number')
    .select([
      key.as('key'),
      'a.state',
      sql<number>`extract(epoch FROM a.at - a.asked_at)::float8 / 60`.as('minutes'),
    ])
    .where('a.at', '>=', start(question))
    .where('a.at', '<', end(question))
    .where(authorised(question))
  return db
    .selectFrom(taken.as('taken'))
    .select((eb) => [
      eb.ref('taken.key').$castTo<string | null>().as('key'),
      label(eb.ref('taken.key')).as('label'),
      sql<boolean>`grouping(taken.key) = 1`.as('whole'),
      countWhere(eb('taken.state', '=', 'approved')).as('approved'),
      countWhere(eb('taken.state', '=', 'refused')).as('refused'),
      percentile(0.5, eb.ref('taken.minutes')).as('half'),
      percentile(0.9, eb.ref('taken.minutes')).as('most'),
    ])
    .groupBy(sql`GROUPING SETS ((taken.key), ())`)
    .execute()
}
