import type { Approval } from '../../../domain/approvals/contract.ts'
import type { Tone } from '../components/Badge.svelte'

/** How states look: with their name, never by colour alone. */
export const approvalTones: Record<Approval['state'], Tone> = {
  waiting: 'violet',
  approved: 'success',
  refused: 'danger',
  withdrawn: 'neutral',
}
