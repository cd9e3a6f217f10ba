/** One record of a CSV file with the line of the file that it begins on, counted from 1. */
export interface CsvRecord {
  line: number
  fields: string[]
}

/** The file is not CSV from this line on. */
export interface CsvProblem {
  line: number
  column: number
  code: 'quote-not-closed' | 'text-after-quote'
}

const separators = [',', ';', '\t'] as const
type Separator = (typeof separators)[number]

export interface CsvReading {
  separator: Separator
  records: CsvRecord[]
  problem: CsvProblem | null
}

/**
 * Reads CSV by RFC 4180: fields in double quotes may hold separators, line ends and doubled quotes;
 * lines end with CRLF, LF or CR. Beyond the RFC, a byte order mark and lines without any text are
 * passed over, and the separator may be a semicolon, as spreadsheets of countries with a decimal
 * comma write it, or a tab: what a first line `sep=;` says, or else whichever occurs most often in
 * the first line, outside of quotes.
 * @param text the whole file, decoded.
 */
export function readCsv(text: string): CsvReading {
  const source = text.replace(/^\uFEFF/, '')
  const said = /^sep=([,;\t])(?:\r\n|\r|\n)/i.exec(source)
  const separator = said ? (said[1] as Separator) : separatorOf(source)
  const records: CsvRecord[] = []
  let line = said ? 2 : 1
  let started = line
  let fields: string[] = []
  let at = said ? said[0].length : 0

  const endRecord = (): void => {
    if (fields.some((field) => field.trim() !== '')) records.push({ line: started, fields })
    fields = []
    started = line
  }

  while (at < source.length) {
    if (source[at] === '"') {
      const opened = { line, column: fields.length + 1 }
      const end = closingQuote(source, at + 1)
      if (end === -1)
        return { separator, records, problem: { ...opened, code: 'quote-not-closed' } }
      const raw = source.slice(at + 1, end)
      line += lineEnds(raw)
      fields.push(raw.replaceAll('""', '"'))
      at = end + 1
      if (at < source.length && source[at] !== separator && !isLineEnd(source[at])) {
        return {
          separator,
          records,
          problem: { line, column: fields.length, code: 'text-after-quote' },
        }
      }
    } else {
      const end = plainEnd(source, at, separator)
      fields.push(source.slice(at, end))
      at = end
    }
    if (at >= source.length) break
    if (source[at] === separator) {
      at++
      // A separator at the very end of the file is followed by an empty field.
      if (at === source.length) fields.push('')
      else if (isLineEnd(source[at])) fields.push('')
      else continue
      if (at === source.length) break
    }
    at += source[at] === '\r' && source[at + 1] === '\n' ? 2 : 1
    line++
    endRecord()
  }
  endRecord()
  return { separator, records, problem: null }
}

const isLineEnd = (char: string | undefined): boolean => char === '\r' || char === '\n'
const lineEnds = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0

function closingQuote(source: string, from: number): number {
  for (let at = source.indexOf('"', from); at !== -1; at = source.indexOf('"', at + 2)) {
    if (source[at + 1] !== '"') return at
  }
  return -1
}

function plainEnd(source: string, from: number, separator: string): number {
  let at = from
  while (at < source.length && source[at] !== separator && !isLineEnd(source[at])) at++
  return at
}

function separatorOf(source: string): Separator {
  let quoted = false
  const counts: Record<Separator, number> = { ',': 0, ';': 0, '\t': 0 }
  const some = (): boolean => separators.some((one) => counts[one] > 0)
  for (const char of source) {
    if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if (isLineEnd(char) && some()) break
    else if (char in counts) counts[char as Separator]++
  }
  return separators.reduce((most, one) => (counts[one] > counts[most] ? one : most))
}

/** Tells spreadsheets that a file is UTF-8; every table that leaves Guichet begins with it. */
const BYTE_ORDER_MARK = '\uFEFF'

/** What a table begins with: its headings, which nobody outside has written. */
export const csvHead = (headings: readonly string[]): string =>
  `${BYTE_ORDER_MARK}${csvLine(headings)}`

/**
 * Writes one record by RFC 4180, with CRLF: every cell that needs it in quotes, nothing for null. A
 * text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV
 * injection): what a stranger wrote must not run on the reader's machine. Numbers are given as
 * numbers.
 */
export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(cell).join(',')}\r\n`

function cell(value: string | number | null): string {
  if (value === null || typeof value === 'number') return String(value ?? '')
  const text = FORMULA.test(value) ? `'${value}` : value
  // A semicolon too: spreadsheets of countries with a decimal comma part cells at it.
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Also the wide forms of the signs, which some spreadsheets read alike. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
