/**
 * One line of a CSV file (RFC 4180): every cell that needs it in quotes, ended by CRLF.
 * A text that a spreadsheet would take for a formula gets an apostrophe before it: what a stranger wrote must not run on the reader's machine.
 */
export const csvLine = (cells: readonly (string | number)[]): string => `${cells.map(cell).join(',')}\r\n`

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
