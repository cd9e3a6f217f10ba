import type { Purchase } from '../../../domain/purchases/contract.ts'
import type { Tone } from '../components/Badge.svelte'

/** In the order in which they come. */
export const purchaseStates: readonly Purchase['state'][] = [
  'draft',
  'requested',
  'approved',
  'refused',
  'ordered',
  'partlyReceived',
  'received',
  'cancelled',
]
export const purchaseTones: Record<Purchase['state'], Tone> = {
  draft: 'neutral',
  requested: 'violet',
  approved: 'success',
  refused: 'danger',
  ordered: 'accent',
  partlyReceived: 'warning',
  received: 'success',
  cancelled: 'neutral',
}
