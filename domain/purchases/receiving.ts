import type { z } from 'zod'
import { fact, type Fact } from '../events.ts'
import { reject, type Rejection } from '../rule.ts'
import { compare, type Decimal, plus, readDecimal, writeDecimal } from './money.ts'
import type { Purchase, PurchaseLine } from './state.ts'
import type { receivedAsset } from './vocabulary.ts'

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
export function receiving(purchase: Purchase, arrived: readonly { lineId: string; quantity: string }[], assets: z.infer<typeof receivedAsset>[]): Fact[] | Rejection {
  const lines: { id: string; item: string; quantity: string }[] = []
  for (const { lineId, quantity } of arrived) {
    const line = purchase.lines.find(({ id }) => id === lineId)
    if (!line) return reject('purchase-line-unknown', 'This purchase request has no such line. Look at it again.')
    if (lines.some(({ id }) => id === lineId)) return reject('purchase-line-twice', `The line “${line.item}” is named twice. Give one quantity for each line.`)
    const open = missing(line)
    if (compare(read(quantity), open) > 0) return reject('purchase-over-received', `Of “${line.item}” only ${writeDecimal(open)} of ${line.quantity} are still to come, and ${quantity} would be more.`)
    lines.push({ id: line.id, item: line.item, quantity })
  }
  const complete = purchase.lines.every((line) => compare(missing(line), read(lines.find(({ id }) => id === line.id)?.quantity ?? '0')) <= 0)
  return [fact('purchaseReceived', { purchaseId: purchase.id, title: purchase.title, lines, complete, assets })]
}
