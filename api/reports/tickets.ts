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
  periods,
  type Question,
  start,
} from './question.ts'
import { ends, endsByWork, reopens, reopensByWork } from './ticket-ends.ts'

/**
 * How many tickets were opened, solved and reopened, and how many were left at the end of each
 * period (backlog): counted from the events, so that a ticket that was solved twice counts twice.
 * Departments, categories and owners are those of now.
 */
export async function ticketsReport(db: Database, question: Question): Promise<Findings> {
  const counted = await counts(db, question)
  const sum = (of: (row: Counted) => number): number =>
    counted.reduce((total, row) => total + of(row), 0)
  return {
    columns: ['opened', 'solved', 'reopened', 'backlog'].map((name) => ({
      key: name,
      unit: 'count',
    })),
    rows: isPeriod(question.by)
      ? alongTime(question, counted)
      : counted.sort(byLabel).map((row) => ({
          key: row.key,
          label: row.label,
          values: [row.opened, row.solved, row.reopened, row.growthBefore + row.growth],
        })),
    total: [
      sum((r) => r.opened),
      sum((r) => r.solved),
      sum((r) => r.reopened),
      sum((r) => r.growth + r.growthBefore),
    ],
  }
}

function alongTime(question: Question, counted: readonly Counted[]): Findings['rows'] {
  const byKey = new Map(counted.map((row) => [row.key, row]))
  let backlog = byKey.get('')?.growthBefore ?? 0
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

type Counted = Awaited<ReturnType<typeof counts>>[number]

/** By group; with periods, what was before them under ''. */
function counts(db: Database, question: Question) {
  const { key, label } = grouping(question, sql.ref('e.at'))
  const during = sql<boolean>`e.at >= ${start(question)}`
  const counted = db
    .selectFrom('ticket_event as e')
    .innerJoin('ticket as t', 't.number', 'e.ticket_number')
    .select((eb) => [
      (isPeriod(question.by) ? sql<string>`CASE WHEN ${during} THEN ${key} ELSE '' END` : key).as(
        'key',
      ),
      during.as('during'),
      eb('e.type', '=', 'ticketOpened').as('opens'),
      endsByWork.as('solves'),
      reopensByWork.as('reopens'),
      eb
        .case()
        .when(eb.or([eb('e.type', '=', 'ticketOpened'), reopens]))
        .then(sql.lit(1))
        .when(ends)
        .then(sql.lit(-1))
        .else(sql.lit(0))
        .end()
        .as('growth'),
    ])
    .where('e.type', 'in', ['ticketOpened', 'statusChanged'])
    .where('e.at', '<', end(question))
    .where(authorised(question))
  return db
    .selectFrom(counted.as('c'))
    .select((eb) => [
      'c.key',
      label(eb.ref('c.key')).as('label'),
      countWhere(sql`c.opens AND c.during`).as('opened'),
      countWhere(sql`c.solves AND c.during`).as('solved'),
      countWhere(sql`c.reopens AND c.during`).as('reopened'),
      /** By how much the backlog grew, in the period and before it. */
      sql<number>`coalesce(sum(c.growth) FILTER (WHERE c.during), 0)::int`.as('growth'),
      sql<number>`coalesce(sum(c.growth) FILTER (WHERE NOT c.during), 0)::int`.as('growthBefore'),
    ])
    .groupBy('c.key')
    .execute()
}
