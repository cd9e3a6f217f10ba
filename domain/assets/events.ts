import { z } from 'zod'
import { locationRef } from '../locations/vocabulary.ts'
import { assetRef, confirmationKind, confirmer, documentRef } from './vocabulary.ts'

const confirmation = z.object({
  id: z.uuid(),
  kind: confirmationKind,
  person: confirmer,
  assets: z.array(assetRef),
})

/** Assets, documents, locations and confirmations linked to a ticket: what can have happened. */
export const assetEvents = {
  assetLinked: z.object({ asset: assetRef }),
  assetUnlinked: z.object({ asset: assetRef }),
  documentLinked: z.object({ document: documentRef }),
  documentUnlinked: z.object({ document: documentRef }),
  /** `byDefault`: it is the requester's, and nobody has chosen it. */
  locationChanged: z.object({
    from: locationRef.nullable(),
    to: locationRef.nullable(),
    byDefault: z.literal(true).optional(),
  }),
  /**
   * `expires` is ISO time. What the person is asked to confirm is kept in the table (claim check).
   */
  confirmationAsked: confirmation.extend({ expires: z.string() }),
  /** `from` is the network address that the answer came from. */
  confirmationGiven: confirmation.extend({ from: z.string() }),
  confirmationRefused: confirmation.extend({ from: z.string(), reason: z.string() }),
  confirmationRevoked: confirmation,
  confirmationExpired: confirmation,
} as const
