import { sql } from 'kysely'
import { isPeriod } from '../../domain/reports/contract.ts'
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

/**
 * Time that was recorded, and how much of it is billable, by the day of the work. An owner here is
 * whoever did the work.
 */
export async function workedReport(db: Database, question: Question): Promise<Findings> {
  const worked = await sums(db, question)
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

type Worked = Awaited<ReturnType<typeof sums>>[number]

const valuesOf = (row: Worked | undefined): number[] => [row?.minutes ?? 0, row?.billable ?? 0]

/** By group, and the whole. */
function sums(db: Database, question: Question) {
  const byOwner = question.by === 'owner'
  const { key, label } = grouping(question, sql.ref('e.worked_at'))
  const done = db
    .selectFrom('time_entry as e')
    .innerJoin('ticket as t', 't.number', 'e.ticket_number')
    .select([
      (byOwner ? sql<string>`e.user_id::text` : key).as('key'),
      'e.user_name as worker',
      'e.minutes',
      'e.billable',
    ])
    .where('e.worked_at', '>=', start(question))
    .where('e.worked_at', '<', end(question))
    .where(authorised(question))
  return db
    .selectFrom(done.as('done'))
    .select((eb) => {
      const name = label(eb.ref('done.key'))
      return [
        eb.ref('done.key').$castTo<string | null>().as('key'),
        (byOwner ? sql<string>`coalesce(nullif(${name}, ''), max(done.worker))` : name).as('label'),
        sql<boolean>`grouping(done.key) = 1`.as('whole'),
        sql<number>`coalesce(sum(done.minutes), 0)::int`.as('minutes'),
        sql<number>`coalesce(sum(done.minutes) FILTER (WHERE done.billable), 0)::int`.as(
          'billable',
        ),
      ]
    })
    .groupBy(sql`GROUPING SETS ((done.key), ())`)
    .execute()
}
