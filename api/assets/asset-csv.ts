import {
  type AssetColumn,
  assetColumnNames,
  writtenAmount,
} from '../../domain/assets/import-columns.ts'
import type { Asset } from '../../domain/assets/contract.ts'
import { csvHead, csvLine } from '../../domain/csv.ts'
import { FALLBACK, type Language } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'

/** Assets as a CSV file (RFC 4180). The import reads it, in whatever language it was written. */
export const assetCsv = (language: Language, assets: readonly Asset[]): string =>
  [
    csvHead(assetColumnNames.map((column) => say(language, `assets.changed.${keyOf(column)}`))),
    ...assets.map((asset) => csvLine(cellsOf(language, asset))),
  ].join('')

const keyOf = (column: AssetColumn) => (column === 'user' ? 'userEmail' : column)

function cellsOf(language: Language, asset: Asset): string[] {
  const { location, user, price, purchasedOn, warrantyEnds, status, ...plain } = asset
  const written: Record<AssetColumn, string> = {
    ...plain,
    status: say(language, `assets.status.${status}`),
    location: location?.name ?? '',
    user: user?.email ?? '',
    userName: user?.name ?? '',
    price: price === null ? '' : writtenAmount(price),
    purchasedOn: purchasedOn ?? '',
    warrantyEnds: warrantyEnds ?? '',
  }
  return assetColumnNames.map((column) => written[column])
}

/** For the description of the API. */
export const assetCsvExample = assetCsv(FALLBACK, [
  {
    id: '01981f2e-7a3c-7b54-9d21-4f0c8e6a1b2d',
    name: 'Laptop 14',
    type: 'notebook',
    serial: 'SN-4711',
    model: 'Notebook 14',
    status: 'inUse',
    location: { id: '01981f2e-7a3c-7b54-9d21-4f0c8e6a1b2e', name: 'Room 201' },
    user: { email: 'ida@desk.example', name: 'Ida Marsh' },
    purchasedOn: '2026-01-15',
    warrantyEnds: '2029-01-14',
    supplier: 'Printers & Co.',
    price: '1290.00',
    currency: 'EUR',
    notes: '',
    partOf: null,
    fromTicket: null,
    createdAt: '2026-01-31T09:00:00.000Z',
    updatedAt: '2026-01-31T09:00:00.000Z',
  },
])
