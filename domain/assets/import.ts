import { emailAddress } from '../vocabulary.ts'
import { amountOf, type AssetColumn, columnOf, dayOf, statusOf } from './import-columns.ts'
import { type CsvRecord, readCsv } from '../csv.ts'
import type { ImportError } from './import-errors.ts'
import { ImportLine } from './import-line.ts'
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
  const seen = new Set<string>()
  const assets = lines.map((record) => {
    const cells = new ImportLine(record, head.fields, columns)
    const asset = readLine(cells, known, seen)
    errors.push(...cells.errors)
    return asset
  })
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

function readLine(cells: ImportLine, known: KnownAssets, seen: Set<string>): ImportedAsset {
  checkTexts(cells)
  checkSerial(cells, known, seen)
  const userEmail =
    cells.read('user', 'email-invalid', (text) => emailAddress.safeParse(text).data ?? null) ?? ''
  return {
    line: cells.line,
    name: cells.value('name'),
    type: cells.value('type'),
    serial: cells.value('serial'),
    model: cells.value('model'),
    userEmail,
    userName: cells.value('userName'),
    supplier: cells.value('supplier'),
    notes: cells.value('notes'),
    status:
      cells.read('status', 'status-unknown', statusOf) ?? (userEmail === '' ? 'inStock' : 'inUse'),
    locationId: locationOf(cells, known),
    purchasedOn: cells.read('purchasedOn', 'date-invalid', dayOf),
    warrantyEnds: cells.read('warrantyEnds', 'date-invalid', dayOf),
    ...priceOf(cells),
  }
}

function checkTexts(cells: ImportLine): void {
  for (const column of ['name', 'type'] as const)
    if (cells.value(column) === '') cells.wrong(column, 'value-missing')
  for (const [column, most] of Object.entries(longest) as [AssetColumn, number][])
    if (cells.value(column).length > most) cells.wrong(column, 'value-too-long')
}

/** @param seen the serial numbers of the lines before, in lower case; this one's is added. */
function checkSerial(cells: ImportLine, { serials }: KnownAssets, seen: Set<string>): void {
  const serial = cells.value('serial').toLowerCase()
  if (serial === '') return
  if (serials.has(serial)) cells.wrong('serial', 'serial-known')
  else if (seen.has(serial)) cells.wrong('serial', 'serial-twice')
  seen.add(serial)
}

function priceOf(cells: ImportLine): Pick<ImportedAsset, 'price' | 'currency'> {
  const currency =
    cells.read(
      'currency',
      'currency-invalid',
      (text) => /^[A-Za-z]{3}$/.exec(text)?.[0].toUpperCase() ?? null,
    ) ?? 'EUR'
  // Spreadsheets write the sign of the currency into the cell.
  const price = cells.read('price', 'amount-invalid', (text) =>
    amountOf(currency === 'EUR' ? text.replace('€', '') : text),
  )
  return { price, currency }
}

function locationOf(
  cells: ImportLine,
  { locationsByPath, locationNeeded }: KnownAssets,
): string | null {
  const path = cells.value('location')
  if (path === '') return locationNeeded ? cells.wrong('location', 'location-needed') : null
  const found = locationsByPath.get(comparedPath(path)) ?? []
  if (found.length > 1) return cells.wrong('location', 'location-ambiguous')
  return found[0] ?? cells.wrong('location', 'location-unknown')
}
