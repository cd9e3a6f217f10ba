import { sql } from 'kysely'
import { isPeriod } from '../../domain/reports/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { endsByWork } from './ticket-ends.ts'
import {
  authorised,
  byLabel,
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
 * How long it took from the opening of a ticket to the first answer and to the solution: half of
 * them were quicker than p50, nine in ten quicker than p90. Minutes of the clock, day and night,
 * and by the moment at which the answer or solution came.
 */
export async function timesReport(db: Database, question: Question): Promise<Findings> {
  const measured = await Promise.all(
    [firstAnswers(db, question), solutions(db, question)].map((moments) =>
      measure(db, question, moments),
    ),
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
      return row ? [row.count, rounded(row.half), rounded(row.most)] : [0, null, null]
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

type Measured = Awaited<ReturnType<typeof measure>>[number]

/** The moments of one kind, a ticket at most once. */
type Moments = ReturnType<typeof solutions>

/**
 * The first answer of an agent that was not taken back, where it was given in the time that is
 * asked about.
 */
const firstAnswers = (db: Database, question: Question) =>
  db
    .selectFrom('ticket_event as e')
    .select((eb) => ['e.ticket_number', eb.fn.min('e.at').as('at')])
    .where('e.type', '=', 'messageQueued')
    .where(sql<string>`e.data->>'kind'`, '=', 'reply')
    .where('e.at', '<', end(question))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ticket_event as c')
            .select('c.no')
            .whereRef('c.ticket_number', '=', 'e.ticket_number')
            .where('c.type', '=', 'messageCancelled')
            .where(sql<boolean>`c.data->>'messageId' = e.data->>'messageId'`),
        ),
      ),
    )
    .groupBy('e.ticket_number')
    .having((eb) => eb.fn.min('e.at'), '>=', start(question))

/** The last time in it that a ticket was solved, or closed unsolved; being merged is neither. */
const solutions = (db: Database, question: Question) =>
  db
    .selectFrom('ticket_event as e')
    .select((eb) => ['e.ticket_number', eb.fn.max('e.at').as('at')])
    .where('e.at', '>=', start(question))
    .where('e.at', '<', end(question))
    .where(endsByWork)
    .groupBy('e.ticket_number')

/** By group, and the whole. */
function measure(db: Database, question: Question, moments: Moments) {
  const { key, label } = grouping(question, sql.ref('m.at'))
  const taken = db
    .selectFrom(moments.as('m'))
    .innerJoin('ticket as t', 't.number', 'm.ticket_number')
    .select([
      key.as('key'),
      sql<number>`extract(epoch FROM m.at - t.opened_at)::float8 / 60`.as('minutes'),
    ])
    .where(authorised(question))
  return db
    .selectFrom(taken.as('taken'))
    .select((eb) => [
      eb.ref('taken.key').$castTo<string | null>().as('key'),
      label(eb.ref('taken.key')).as('label'),
      sql<boolean>`grouping(taken.key) = 1`.as('whole'),
      sql<number>`count(*)::int`.as('count'),
      percentile(0.5, eb.ref('taken.minutes')).as('half'),
      percentile(0.9, eb.ref('taken.minutes')).as('most'),
    ])
    .groupBy(sql`GROUPING SETS ((taken.key), ())`)
    .execute()
}
