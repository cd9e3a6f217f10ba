import type { Report } from '../../domain/contract/reports.ts'

/** A report as RFC 4180 has it: CRLF, a header, quotes where they are needed. Minutes say so in the header. */
export function csvOf({ by, columns, rows, total }: Report): string {
  const header = [by, ...columns.map(({ key, unit }) => (unit === 'minutes' ? `${key} (minutes)` : key))]
  const lines = [header, ...rows.map(({ key, label, values }) => [label || (key === '' ? 'none' : key), ...values]), ['total', ...total]]
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

/** A name that begins as a formula does is text, and must be nothing else to a spreadsheet. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
