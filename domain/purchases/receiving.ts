import type { z } from 'zod'
import { fact, type Fact } from '../events.ts'
import { reject, type Rejection } from '../command-rule.ts'
import { compare, type Decimal, plus, readDecimal, writeDecimal } from './money.ts'
import type { Purchase, PurchaseLine } from './state.ts'
import type { deliveredAsset, receivedAsset } from './vocabulary.ts'

const zero: Decimal = { units: 0n, scale: 0 }
const read = (text: string): Decimal => readDecimal(text) ?? zero
const missing = ({ quantity, received }: PurchaseLine): Decimal => {
  const { units, scale } = read(received)
  return plus(read(quantity), { units: -units, scale })
}

/**
 * Some of what was ordered has arrived.
 * @param arrived quantities by line, each at most once and never more than is missing.
 */
export function receiving(
  purchase: Purchase,
  arrived: readonly { lineId: string; quantity: string }[],
  assets: z.infer<typeof receivedAsset>[],
): Fact[] | Rejection {
  const lines: { id: string; item: string; quantity: string }[] = []
  for (const { lineId, quantity } of arrived) {
    const line = purchase.lines.find(({ id }) => id === lineId)
    if (!line)
      return reject(
        'purchase-line-unknown',
        'This purchase request has no such line. Look at it again.',
      )
    if (lines.some(({ id }) => id === lineId))
      return reject(
        'purchase-line-twice',
        `The line “${line.item}” is named twice. Give one quantity for each line.`,
        { item: line.item },
      )
    const open = missing(line)
    if (compare(read(quantity), open) > 0)
      return reject(
        'purchase-over-received',
        `Of “${line.item}” only ${writeDecimal(open)} of ${line.quantity} are still to come, and ${quantity} would be more.`,
        { item: line.item, open: writeDecimal(open), ordered: line.quantity, quantity },
      )
    lines.push({ id: line.id, item: line.item, quantity })
  }
  const stray = assets.find(
    ({ lineId }) => lineId !== undefined && !lines.some(({ id }) => id === lineId),
  )
  if (stray)
    return reject(
      'purchase-asset-of-no-line',
      `“${stray.name}” is said to have come by a line of which nothing has arrived. Name another line, or none.`,
      { name: stray.name },
    )
  const complete = purchase.lines.every(
    (line) =>
      compare(missing(line), read(lines.find(({ id }) => id === line.id)?.quantity ?? '0')) <= 0,
  )
  return [
    fact('purchaseReceived', {
      purchaseId: purchase.id,
      title: purchase.title,
      lines,
      complete,
      assets: assets.map((asset) => delivered(purchase, asset, lines)),
    }),
  ]
}

/** A thing with supplier and price of its line. */
function delivered(
  { lines, currency }: Purchase,
  asset: z.infer<typeof receivedAsset>,
  arrived: readonly { id: string }[],
): z.infer<typeof deliveredAsset> {
  const lineId = asset.lineId ?? (arrived.length === 1 ? arrived[0]?.id : undefined)
  const line = lines.find(({ id }) => id === lineId)
  return line
    ? {
        ...asset,
        lineId: line.id,
        supplier: line.supplier,
        unitPrice: line.unitPrice,
        currency: line.currency ?? currency,
      }
    : asset
}
