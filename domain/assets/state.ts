import type { LocationRef } from '../locations/vocabulary.ts'
import type { AssetRef, ConfirmationKind, Confirmer, DocumentRef } from './vocabulary.ts'

/** A confirmation that somebody was asked for and has not answered. */
export interface OpenConfirmation {
  id: string
  kind: ConfirmationKind
  person: Confirmer
  assets: AssetRef[]
  /** ISO time. */
  expires: string
  /** Who asked, when it was a person with an account: told of the answer. */
  askedBy: string | null
}

/**
 * Assets, documents, locations and confirmations linked to a ticket: what a ticket's workflow holds of
 * them. Small: texts that may be long stay in the claim check.
 */
export interface AssetState {
  assets: AssetRef[]
  documents: DocumentRef[]
  location: LocationRef | null
  /** Somebody has chosen it: it follows the requester no more. */
  locationChosen?: true
  confirmations: OpenConfirmation[]
}

export const noAssetState = (): AssetState => ({
  assets: [],
  documents: [],
  location: null,
  confirmations: [],
})
