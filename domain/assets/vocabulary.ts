import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { emailAddress } from '../vocabulary.ts'

/**
 * The words that assets, documents and locations share, and how the history of a ticket names one of
 * them.
 */

export const assetStatus = z.enum(['inStock', 'inUse', 'inRepair', 'retired', 'lost'])
export type AssetStatus = z.infer<typeof assetStatus>

export const documentKind = z.enum(['invoice', 'warranty', 'licence', 'contract', 'quote', 'other'])
export type DocumentKind = z.infer<typeof documentKind>

export const confirmationKind = z.enum(['handOver', 'return'])
export type ConfirmationKind = z.infer<typeof confirmationKind>

const shortName = z.string().trim().min(1).max(200)

export const assetRef = z.object({ id: z.uuid(), name: shortName })
export type AssetRef = z.infer<typeof assetRef>

export const documentRef = z.object({ id: z.uuid(), title: shortName, kind: documentKind })
export type DocumentRef = z.infer<typeof documentRef>

/** Somebody who confirms, with or without an account. */
export const confirmer = z.object({
  email: emailAddress.max(320),
  name: singleLine(200).default(''),
})
export type Confirmer = z.infer<typeof confirmer>
