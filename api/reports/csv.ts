import type { Report } from '../../domain/reports/contract.ts'
import { csvHead, csvLine } from '../../domain/csv.ts'
import type { MailKey } from '../../languages/keys.ts'
import type { Language } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'

/**
 * A report as RFC 4180 has it: CRLF, a header in the reader's language, quotes where they are needed.
 * Minutes say so in the header.
 */
export function csvOf(language: Language, { by, columns, rows, total }: Report): string {
  const headings = [
    say(language, `reports.byName.${by}`),
    ...columns.map(({ key, unit }) => {
      // A column's name is as sure as the page's own: tests/api/reports looks at each.
      const name = say(language, `reports.column.${key}` as MailKey)
      return unit === 'minutes' ? say(language, 'table.inMinutes', { name }) : name
    }),
  ]
  const lines = [
    ...rows.map(({ key, label, values }) => [
      label || (key === '' ? say(language, 'reports.none') : key),
      ...values,
    ]),
    [say(language, 'reports.total'), ...total],
  ]
  return csvHead(headings) + lines.map(csvLine).join('')
}
