import { emailAddress } from '../vocabulary.ts'
import { amountOf, type AssetColumn, columnOf, dayOf, statusOf } from './import-columns.ts'
import { type CsvRecord, readCsv } from '../csv.ts'
import { comparedPath } from '../locations/location-tree.ts'
import type { AssetStatus } from './vocabulary.ts'

/** A file with more is to be cut into several: one import is one transaction. */
export const MOST_IMPORTED = 5000
/** More errors than this help nobody; the file is wrong as a whole. */
const MOST_ERRORS = 200

/** One asset of a file, ready to be written. */
export interface ImportedAsset {
  /** Of the file, counted from 1. */
  line: number
  name: string
  type: string
  serial: string
  model: string
  status: AssetStatus
  locationId: string | null
  userEmail: string
  userName: string
  purchasedOn: string | null
  warrantyEnds: string | null
  supplier: string
  price: string | null
  currency: string
  notes: string
}

/** Something wrong in one cell of a file: what is wrong, and what to do. */
export interface ImportError {
  /** Counted from 1. */
  line: number
  /** The heading as the file has it; empty when the whole line is meant. */
  column: string
  code: ImportErrorCode
  value: string
}

export const importErrorCodes = [
  'file-empty',
  'file-too-long',
  'quote-not-closed',
  'text-after-quote',
  'column-unknown',
  'column-twice',
  'column-missing',
  'field-without-column',
  'value-missing',
  'value-too-long',
  'status-unknown',
  'location-unknown',
  'location-ambiguous',
  'location-needed',
  'email-invalid',
  'date-invalid',
  'amount-invalid',
  'currency-invalid',
  'serial-twice',
  'serial-known',
] as const
export type ImportErrorCode = (typeof importErrorCodes)[number]

/** What the reading has to know besides the file. */
export interface KnownAssets {
  /** Whole ways, compared form, with every location that has it. */
  locationsByPath: ReadonlyMap<string, readonly string[]>
  /** Serial numbers in use, in lower case. */
  serials: ReadonlySet<string>
  /** Whoever imports sees only what is at a location. */
  locationNeeded?: boolean
}

export interface AssetReading {
  assets: ImportedAsset[]
  /** The first ones, in the order of the file. */
  errors: ImportError[]
  errorTotal: number
}

const longest: Partial<Record<AssetColumn, number>> = {
  name: 200,
  type: 60,
  serial: 100,
  model: 200,
  userName: 200,
  supplier: 200,
  notes: 5000,
}

/**
 * Reads a CSV file of assets. The one reading of preview and import: what the preview shows is what
 * is imported, and with an error nothing is.
 * @param text the file, decoded.
 * @param known locations and serial numbers as they are now.
 */
export function readAssets(text: string, known: KnownAssets): AssetReading {
  const { records, problem } = readCsv(text)
  const [head, ...lines] = records
  if (problem)
    return unreadable([
      { line: problem.line, column: String(problem.column), code: problem.code, value: '' },
    ])
  if (!head || lines.length === 0)
    return unreadable([{ line: 1, column: '', code: 'file-empty', value: '' }])
  if (lines.length > MOST_IMPORTED)
    return unreadable([
      {
        line: lines[MOST_IMPORTED]!.line,
        column: '',
        code: 'file-too-long',
        value: String(lines.length),
      },
    ])
  const { columns, errors } = readHead(head)
  if (errors.length > 0) return unreadable(errors)
  const seen = new Map<string, number>()
  const assets = lines.map((record) => readLine(record, head.fields, columns, known, seen, errors))
  return { assets, errors: errors.slice(0, MOST_ERRORS), errorTotal: errors.length }
}

const unreadable = (errors: ImportError[]): AssetReading => ({
  assets: [],
  errors,
  errorTotal: errors.length,
})

function readHead({ line, fields }: CsvRecord): {
  columns: (AssetColumn | null)[]
  errors: ImportError[]
} {
  const errors: ImportError[] = []
  const columns = fields.map((heading, at) => {
    const column = columnOf(heading)
    // Spreadsheets leave separators behind the last heading.
    if (!column && heading.trim() !== '')
      errors.push({ line, column: heading.trim(), code: 'column-unknown', value: heading.trim() })
    if (column && fields.slice(0, at).some((earlier) => columnOf(earlier) === column))
      errors.push({ line, column: heading.trim(), code: 'column-twice', value: heading.trim() })
    return column
  })
  for (const needed of ['name', 'type'] as const)
    if (!columns.includes(needed))
      errors.push({ line, column: needed, code: 'column-missing', value: needed })
  return { columns, errors }
}

function readLine(
  record: CsvRecord,
  head: readonly string[],
  columns: readonly (AssetColumn | null)[],
  known: KnownAssets,
  seen: Map<string, number>,
  errors: ImportError[],
): ImportedAsset {
  const { line, fields } = record
  const value = (column: AssetColumn): string => {
    const at = columns.indexOf(column)
    return at === -1 ? '' : (fields[at] ?? '').trim()
  }
  const wrong = (column: AssetColumn, code: ImportErrorCode): null => {
    errors.push({
      line,
      column: head[columns.indexOf(column)]?.trim() ?? column,
      code,
      value: value(column).slice(0, 100),
    })
    return null
  }
  const read = <T>(
    column: AssetColumn,
    code: ImportErrorCode,
    meaning: (text: string) => T | null,
  ): T | null => (value(column) === '' ? null : (meaning(value(column)) ?? wrong(column, code)))

  fields.forEach((field, at) => {
    if (!columns[at] && field.trim() !== '')
      errors.push({
        line,
        column: String(at + 1),
        code: 'field-without-column',
        value: field.trim().slice(0, 100),
      })
  })
  for (const column of ['name', 'type'] as const)
    if (value(column) === '') wrong(column, 'value-missing')
  for (const [column, most] of Object.entries(longest) as [AssetColumn, number][])
    if (value(column).length > most) wrong(column, 'value-too-long')
  const serial = value('serial')
  if (serial !== '') {
    if (known.serials.has(serial.toLowerCase())) wrong('serial', 'serial-known')
    else if (seen.has(serial.toLowerCase())) wrong('serial', 'serial-twice')
    seen.set(serial.toLowerCase(), line)
  }
  const currency =
    read(
      'currency',
      'currency-invalid',
      (text) => /^[A-Za-z]{3}$/.exec(text)?.[0].toUpperCase() ?? null,
    ) ?? 'EUR'
  const userEmail =
    read('user', 'email-invalid', (text) => emailAddress.safeParse(text).data ?? null) ?? ''
  return {
    line,
    name: value('name'),
    type: value('type'),
    serial,
    model: value('model'),
    userEmail,
    userName: value('userName'),
    supplier: value('supplier'),
    notes: value('notes'),
    status: read('status', 'status-unknown', statusOf) ?? (userEmail === '' ? 'inStock' : 'inUse'),
    locationId: locationOf(value('location'), known, (code) => wrong('location', code)),
    purchasedOn: read('purchasedOn', 'date-invalid', dayOf),
    warrantyEnds: read('warrantyEnds', 'date-invalid', dayOf),
    // Spreadsheets write the sign of the currency into the cell.
    price: read('price', 'amount-invalid', (text) =>
      amountOf(currency === 'EUR' ? text.replace('€', '') : text),
    ),
    currency,
  }
}

function locationOf(
  path: string,
  { locationsByPath, locationNeeded }: KnownAssets,
  wrong: (code: ImportErrorCode) => null,
): string | null {
  if (path === '') return locationNeeded ? wrong('location-needed') : null
  const found = locationsByPath.get(comparedPath(path)) ?? []
  if (found.length > 1) return wrong('location-ambiguous')
  return found[0] ?? wrong('location-unknown')
}
