import type { Expression, SqlBool } from 'kysely'
import { csvHead, csvLine } from '../../domain/csv.ts'
import { FALLBACK, type Language, languageOf } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { type TimeRow, timeRows } from './time-entry-rows.ts'

/** Rows of an export read at once. */
const PAGE = 2000

const columns = [
  'workedAt',
  'person',
  'email',
  'department',
  'ticket',
  'subject',
  'task',
  'minutes',
  'billable',
  'note',
] as const
const headOf = (language: Language): string =>
  csvHead(columns.map((column) => say(language, `table.time.${column}`)))

/** For the description of the API. */
export const timeCsvExample =
  headOf(FALLBACK) +
  csvLine([
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
  ])

/**
 * All time that a condition finds as CSV (RFC 4180), newest first: headings and closed values in the
 * person's language, times and numbers as programs read them.
 */
export async function* timeCsv(
  db: Database,
  user: SignedInUser,
  condition: Expression<SqlBool>,
): AsyncGenerator<string> {
  const language = languageOf(user.preferences.language)
  yield headOf(language)
  for (let after: [string, string] | null = null; ;) {
    const rows: TimeRow[] = await timeRows(db, user, condition, after, PAGE)
    yield rows.map((row) => lineOf(language, row)).join('')
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = [last.workedAt.toISOString(), last.id]
  }
}

const lineOf = (language: Language, row: TimeRow): string =>
  csvLine([
    row.workedAt.toISOString(),
    row.person.name,
    row.userEmail ?? '',
    row.departmentName,
    row.ticketNumber,
    row.ticketSubject,
    row.task?.title ?? '',
    row.minutes,
    say(language, row.billable ? 'table.yes' : 'table.no'),
    row.note,
  ])
