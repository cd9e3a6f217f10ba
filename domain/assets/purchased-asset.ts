import { cut } from '../cut.ts'

/** One thing of a delivery: the event `purchaseReceived` names each. */
export interface PurchasedLine {
  /** Of the asset that it becomes. */
  id: string
  name: string
  type?: string | undefined
  serial?: string | undefined
  supplier?: string | undefined
  /** Decimal text. */
  unitPrice?: string | undefined
  currency?: string | undefined
}

/** A row of the table `asset`, as far as a delivery knows it. */
export interface PurchasedAsset {
  id: string
  name: string
  type: string
  serial: string
  status: 'inStock'
  /** ISO date of the delivery. */
  purchased_on: string
  supplier: string
  /** Decimal text, exact. */
  price: string | null
  currency: string
}

/**
 * What cannot be shown or searched is not kept; a line without words is still an asset, for it was
 * delivered.
 */
const words = (text: string | undefined, most: number, otherwise: string): string =>
  cut((text ?? '').trim(), most) || otherwise

/**
 * The asset that a delivered line becomes. Pure: the same line gives the same asset, so that a
 * delivery taken in twice makes it once.
 * @param receivedAt ISO time of the delivery.
 */
export const assetOfPurchase = (line: PurchasedLine, receivedAt: string): PurchasedAsset => ({
  id: line.id,
  name: words(line.name, 200, words(line.type, 60, 'Asset')),
  type: words(line.type, 60, 'Other'),
  serial: words(line.serial, 100, ''),
  status: 'inStock',
  purchased_on: receivedAt.slice(0, 10),
  supplier: words(line.supplier, 200, ''),
  price: line.unitPrice ?? null,
  currency: line.currency ?? 'EUR',
})
