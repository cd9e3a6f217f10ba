/** Purchase requests: what a ticket's workflow holds of them. */
export interface PurchaseState {
  purchases: Purchase[]
}

export interface Purchase {
  id: string
  title: string
  /** Counts changes of what is bought: whoever acts says which one they saw. */
  revision: number
  state: PurchaseStatus
  /** Of the lines that name none of their own. */
  currency: string
  /**
   * What is in that currency, exact, with all of its decimals. Totals of all currencies follow from
   * the lines: money.ts.
   */
  total: string
  lines: PurchaseLine[]
  documents: PurchaseDocument[]
  approvalId: string | null
  requestedBy: { id: string | null; name: string }
  /** The supplier's order number. */
  orderReference: string
}

export type PurchaseStatus =
  | 'draft'
  | 'requested'
  | 'approved'
  | 'refused'
  | 'ordered'
  | 'partlyReceived'
  | 'received'
  | 'cancelled'

export interface PurchaseLine {
  id: string
  item: string
  quantity: string
  unitPrice: string
  /** Absent: that of the request. */
  currency?: string | undefined
  supplier: string
  costCentre: string
  /** How much of the quantity has arrived. */
  received: string
}

/** A quote or an invoice: a file of the ticket or a document of the register. */
export interface PurchaseDocument {
  kind: 'quote' | 'invoice' | 'other'
  name: string
  attachmentId: string | null
  documentId: string | null
}

export const noPurchaseState = (): PurchaseState => ({ purchases: [] })
