import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { amount } from '../approvals/vocabulary.ts'
import { currency, purchaseDocument, quantity, receivedAsset, unitPrice } from './vocabulary.ts'
import { namedStages } from '../approvals/rules-contract.ts'
import { stageChoice } from '../approvals/contract.ts'
import { cursorQuery, isoTime, page, wholeNumber } from '../contract.ts'

const newLine = z.object({
  /** Of a line that is there already; left out for a new one. */
  id: z.uuid().optional(),
  item: singleLine(200).min(1),
  quantity,
  unitPrice,
  /** Left out: the currency of the whole request. */
  currency: currency.optional(),
  supplier: singleLine(120).default(''),
  costCentre: singleLine(60).default(''),
})

/** A file of the ticket or a document of the register. */
const linkedDocument = z
  .object({
    kind: purchaseDocument.shape.kind,
    attachmentId: z.uuid().optional(),
    documentId: z.uuid().optional(),
    name: singleLine(200).default(''),
  })
  .refine((d) => (d.attachmentId === undefined) !== (d.documentId === undefined), {
    message: 'Name either attachmentId or documentId.',
  })
export type LinkedDocument = z.infer<typeof linkedDocument>

const content = z.object({
  title: singleLine(200).min(1),
  currency,
  lines: z.array(newLine).max(50),
  documents: z.array(linkedDocument).max(20),
})
export const newPurchase = content
  .extend({
    lines: content.shape.lines.default([]),
    documents: content.shape.documents.default([]),
  })
  .meta({ id: 'NewPurchase' })

/**
 * `revision`: the one that was looked at. What is bought cannot be changed once it is ordered;
 * documents can.
 */
const revision = wholeNumber
export const purchaseChange = content.partial().extend({ revision }).meta({ id: 'PurchaseChange' })
export const purchaseSubmission = z.object({ revision }).meta({ id: 'PurchaseSubmission' })
export const purchaseOrder = z
  .object({ reference: singleLine(100).default('') })
  .meta({ id: 'PurchaseOrder' })
export const purchaseReceipt = z
  .object({
    lines: z
      .array(z.object({ lineId: z.uuid(), quantity }))
      .min(1)
      .max(50),
    /** The assets that it becomes. */
    assets: z
      .array(
        receivedAsset.omit({ id: true }).extend({
          name: singleLine(200).min(1),
          type: singleLine(100).default(''),
          serial: singleLine(100).default(''),
        }),
      )
      .max(200)
      .default([]),
  })
  .meta({ id: 'PurchaseReceipt' })

export const purchaseState = z.enum([
  'draft',
  'requested',
  'approved',
  'refused',
  'ordered',
  'partlyReceived',
  'received',
  'cancelled',
])

export const purchase = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    title: z.string(),
    revision,
    state: purchaseState,
    /** Of the lines that were given none. */
    currency: z.string(),
    /**
     * For each currency the sum of its lines' amounts: exact decimal text with all of its decimals.
     * Never converted.
     */
    totals: z.array(amount),
    lines: z.array(
      z.object({
        id: z.uuid(),
        item: z.string(),
        quantity: z.string(),
        unitPrice: z.string(),
        currency: z.string(),
        amount: z.string(),
        supplier: z.string(),
        costCentre: z.string(),
        received: z.string(),
      }),
    ),
    documents: z.array(purchaseDocument),
    approvalId: z.uuid().nullable(),
    requestedBy: z.object({ id: z.uuid().nullable(), name: z.string() }),
    orderReference: z.string(),
    createdAt: isoTime,
    updatedAt: isoTime,
  })
  .meta({ id: 'Purchase' })
export type Purchase = z.infer<typeof purchase>

export const purchasePage = page(purchase).meta({ id: 'PurchasePage' })
/** One of a list over many tickets: says which. */
export const listedPurchase = purchase
  .extend({ ticketSubject: z.string(), departmentName: z.string() })
  .meta({ id: 'ListedPurchase' })
export type ListedPurchase = z.infer<typeof listedPurchase>
/** `total` and `totals` are of everything that the filter finds, not of the page alone. */
export const purchaseList = page(listedPurchase)
  .extend({ total: z.number().int(), totals: z.array(amount) })
  .meta({ id: 'PurchaseList' })
export type PurchaseList = z.infer<typeof purchaseList>

/** `q`: words of title, lines, suppliers, cost centres or order number, or a ticket's number. */
export const purchaseFilter = z.object({
  state: purchaseState.optional(),
  department: z.uuid().optional(),
  q: z.string().trim().max(200).optional(),
})
export type PurchaseFilter = z.infer<typeof purchaseFilter>
export const purchaseQuery = cursorQuery.extend(purchaseFilter.shape)
export const purchaseCancellation = z
  .object({ reason: z.string().trim().max(2000).default('') })
  .meta({ id: 'PurchaseCancellation' })

/** Settings: by whom purchases are approved from an amount on. */
const rule = z.object({
  /** Null: every department that has no rule of its own. */
  departmentId: z.uuid().nullable(),
  currency,
  fromAmount: unitPrice,
  stages: z.array(stageChoice).min(1).max(10),
  /** Hours that the approvers have; null: no deadline. */
  deadlineHours: z
    .number()
    .int()
    .min(1)
    .max(24 * 365)
    .nullable(),
})
export const newApprovalRule = rule
  .extend({
    departmentId: rule.shape.departmentId.default(null),
    deadlineHours: rule.shape.deadlineHours.default(null),
  })
  .meta({ id: 'NewApprovalRule' })
export const approvalRuleChange = rule.partial().meta({ id: 'ApprovalRuleChange' })
export const approvalRule = rule
  .extend({
    id: z.uuid(),
    fromAmount: z.string(),
    currency: z.string(),
    stages: namedStages,
  })
  .meta({ id: 'ApprovalRule' })
export type ApprovalRuleView = z.infer<typeof approvalRule>
