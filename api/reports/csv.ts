import type { Report } from '../../domain/reports/contract.ts'
import { csvLine } from '../../domain/csv.ts'

/**
 * A report as RFC 4180 has it: CRLF, a header, quotes where they are needed. Minutes say so in the
 * header.
 */
export function csvOf({ by, columns, rows, total }: Report): string {
  const header = [
    by,
    ...columns.map(({ key, unit }) => (unit === 'minutes' ? `${key} (minutes)` : key)),
  ]
  const lines = [
    header,
    ...rows.map(({ key, label, values }) => [label || (key === '' ? 'none' : key), ...values]),
    ['total', ...total],
  ]
  return lines.map(csvLine).join('')
}
