import { type AssetStatus, assetStatus } from './references.ts'

/** The columns of an asset file, in the order in which they are written, each with the headings by which it is known. Compared without case, accents and signs. */
export const assetColumns = {
  name: ['name', 'asset', 'nom', 'designation', 'actif'],
  type: ['type', 'category', 'categorie'],
  serial: ['serial', 'serial number', 's/n', 'numero de serie', 'n de serie', 'serie'],
  model: ['model', 'modele'],
  status: ['status', 'state', 'statut', 'etat'],
  place: ['place', 'location', 'lieu', 'emplacement'],
  user: ['user', 'user email', 'email', 'e-mail', 'utilisateur', 'courriel'],
  userName: ['user name', 'nom de l utilisateur', 'nom utilisateur'],
  purchasedOn: ['purchased on', 'purchase date', 'bought on', 'date d achat', 'achete le'],
  warrantyEnds: ['warranty ends', 'warranty end', 'warranty', 'fin de garantie', 'garantie jusqu au', 'garantie'],
  supplier: ['supplier', 'vendor', 'fournisseur'],
  price: ['price', 'cost', 'prix', 'cout'],
  currency: ['currency', 'devise'],
  notes: ['notes', 'note', 'remarks', 'remarques', 'commentaire'],
} as const satisfies Record<string, readonly string[]>

export type AssetColumn = keyof typeof assetColumns
export const assetColumnNames = Object.keys(assetColumns) as AssetColumn[]

const bare = (text: string): string => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z/]+/g, ' ').trim()
const byHeading = new Map(assetColumnNames.flatMap((column) => [column, ...assetColumns[column]].map((heading) => [bare(heading), column] as const)))

/** @returns the column that a heading means, or null. */
export const columnOf = (heading: string): AssetColumn | null => byHeading.get(bare(heading)) ?? null

const statusWords: Record<AssetStatus, readonly string[]> = {
  inStock: ['instock', 'in stock', 'stock', 'en stock'],
  inUse: ['inuse', 'in use', 'used', 'en service', 'en usage', 'utilise'],
  inRepair: ['inrepair', 'in repair', 'repair', 'en reparation', 'reparation'],
  retired: ['retired', 'reforme', 'mis au rebut', 'rebut'],
  lost: ['lost', 'perdu'],
}
const byStatusWord = new Map(assetStatus.options.flatMap((status) => statusWords[status].map((word) => [word, status] as const)))

/** @returns the status that a word of either language means, or null. */
export const statusOf = (word: string): AssetStatus | null => byStatusWord.get(bare(word)) ?? null

/**
 * A day as people and spreadsheets write it: 2026-11-24, 24/11/2026, 24.11.2026. Day before month, as in Europe; a two-figure year is refused.
 * @returns the ISO date, or null when it is no day of the calendar.
 */
export function dayOf(text: string): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  const european = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text)
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : european ? [european[3], european[2], european[1]] : []
  if (!year || !month || !day) return null
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const date = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written) ? written : null
}

/**
 * An exact decimal as people write it: 1249.00, 1 249,50, 1'249.50. Never a floating point number on the way.
 * @returns digits with a point, or null when it is none, or could mean two amounts (`1,249`).
 */
export function amountOf(text: string): string | null {
  const plain = text.replace(/[\s\u00a0\u202f'’]/g, '')
  if (/^\d{1,3},\d{3}$/.test(plain)) return null
  const [, whole, fraction] = /^(\d{1,12})(?:[.,](\d{1,4}))?$/.exec(plain) ?? []
  if (whole === undefined) return null
  const stripped = whole.replace(/^0+(?=\d)/, '')
  return fraction === undefined ? stripped : `${stripped}.${fraction}`
}
