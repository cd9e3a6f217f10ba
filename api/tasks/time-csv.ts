import type { Expression, SqlBool } from 'kysely'
import { csvLine } from '../../domain/csv.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { type TimeRow, timeRows } from './time-entry-rows.ts'

/** Rows of an export read at once. */
const PAGE = 2000

const headings = [
  'worked_at',
  'person',
  'email',
  'department',
  'ticket',
  'subject',
  'task',
  'minutes',
  'billable',
  'note',
]

/** For the description of the API. */
export const timeCsvExample = [
  headings,
  [
    '2026-01-31T12:00:00.000Z',
    'Ida Marsh',
    'ida@desk.example',
    'IT',
    1042,
    'The printer jams',
    'Order toner',
    15,
    'yes',
    'On site.',
  ],
]
  .map(csvLine)
  .join('')

/** All time that a condition finds as CSV (RFC 4180), newest first. */
export async function* timeCsv(
  db: Database,
  condition: Expression<SqlBool>,
): AsyncGenerator<string> {
  yield csvLine(headings)
  for (let after: [string, string] | null = null; ;) {
    const rows: TimeRow[] = await timeRows(db, condition, after, PAGE)
    yield rows.map(lineOf).join('')
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = [last.workedAt.toISOString(), last.id]
  }
}

const lineOf = (row: TimeRow): string =>
  csvLine([
    row.workedAt.toISOString(),
    row.person.name,
    row.userEmail ?? '',
    row.departmentName,
    row.ticketNumber,
    row.ticketSubject,
    row.task?.title ?? '',
    row.minutes,
    row.billable ? 'yes' : 'no',
    row.note,
  ])
