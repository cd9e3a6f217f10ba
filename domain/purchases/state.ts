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
  currency: string
  /** Exact, with all decimals of the currency. */
  total: string
  lines: PurchaseLine[]
  documents: PurchaseDocument[]
  approvalId: string | null
  requestedBy: { id: string | null; name: string }
  /** The supplier's order number. */
  orderReference: string
}

export type PurchaseStatus = 'draft' | 'requested' | 'approved' | 'refused' | 'ordered' | 'partlyReceived' | 'received'

export interface PurchaseLine {
  id: string
  item: string
  quantity: string
  unitPrice: string
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
