import { z } from 'zod'
import { request } from '../approvals/vocabulary.ts'
import { decimalsOf } from './currencies.ts'
import { readDecimal } from './money.ts'

/** The words in which a purchase is asked for. */

export const currency = z
  .string()
  .refine((code) => decimalsOf(code) !== null, 'is no currency of ISO 4217 such as EUR')

/** A number of pieces, hours, metres: more than zero, at most three decimals. */
export const quantity = z.string().refine((text) => {
  const decimal = readDecimal(text)
  return decimal !== null && decimal.units > 0n && decimal.units < 10n ** 12n && decimal.scale <= 3
}, 'is not a quantity such as 3 or 1.5')

export const unitPrice = z.string().refine((text) => {
  const decimal = readDecimal(text)
  return decimal !== null && decimal.units >= 0n && decimal.units < 10n ** BigInt(9 + decimal.scale)
}, 'is not a price such as 1234.50')

export const purchaseLine = z.object({
  id: z.uuid(),
  item: z.string().trim().min(1).max(200),
  quantity,
  unitPrice,
  /** Left out: the currency of the whole request. */
  currency: currency.optional(),
  supplier: z.string().trim().max(120),
  costCentre: z.string().trim().max(60),
})

export const purchaseDocument = z.object({
  kind: z.enum(['quote', 'invoice', 'other']),
  name: z.string().max(200),
  attachmentId: z.uuid().nullable(),
  documentId: z.uuid().nullable(),
})

/**
 * How a submitted purchase is approved, as the rules of the settings say for its department and
 * total; null: they ask for no approval.
 */
export const approvalChain = request
  .omit({ subject: true, amount: true, furtherAmounts: true, preview: true })
  .extend({ approvalId: z.uuid(), preview: z.string().max(200) })
  .nullable()
export type ApprovalChain = z.infer<typeof approvalChain>

/** Something that arrived and becomes part of the assets. */
export const receivedAsset = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(200),
  type: z.string().trim().max(100),
  serial: z.string().trim().max(100),
  /** The line that it came by. Left out: the line that arrived, when it is the only one. */
  lineId: z.uuid().optional(),
})
/** With what its line says of it, as it was then. */
export const deliveredAsset = receivedAsset.extend({
  supplier: z.string().optional(),
  unitPrice: z.string().optional(),
  currency: z.string().optional(),
})
