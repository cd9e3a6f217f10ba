import { z } from 'zod'
import { amount } from '../approvals/vocabulary.ts'
import { purchaseDocument, purchaseLine, deliveredAsset } from './vocabulary.ts'

const about = { purchaseId: z.uuid(), title: z.string() }
/** One for each currency; absent when `total` is all. */
const totals = z.array(amount).optional()
const content = z.object({
  ...about,
  revision: z.number().int(),
  currency: z.string(),
  lines: z.array(purchaseLine),
  total: z.string(),
  totals,
  documents: z.array(purchaseDocument),
  requestedBy: z.object({ id: z.uuid().nullable(), name: z.string() }),
})

/** Purchase requests: what can have happened. What became of the approval is in its own events. */
export const purchaseEvents = {
  purchaseDrafted: content,
  purchaseChanged: content,
  purchaseDocumentsChanged: z.object({ ...about, documents: z.array(purchaseDocument) }),
  /** `approvalId` null: the rules ask for no approval of this amount. */
  purchaseSubmitted: z.object({
    ...about,
    currency: z.string(),
    total: z.string(),
    totals,
    approvalId: z.uuid().nullable(),
  }),
  purchaseOrdered: z.object({ ...about, reference: z.string() }),
  /** What arrived, and the assets that it becomes. `complete`: nothing is missing any more. */
  purchaseReceived: z.object({
    ...about,
    lines: z.array(z.object({ id: z.uuid(), item: z.string(), quantity: z.string() })),
    complete: z.boolean(),
    assets: z.array(deliveredAsset),
  }),
  /** Nothing more will come of it; what has arrived stays. */
  purchaseCancelled: z.object({ ...about, reason: z.string() }),
} as const
