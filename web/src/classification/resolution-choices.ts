import type { ResolutionEntry } from '../../../domain/classification/contract.ts'
import type { Resolution } from '../../../domain/vocabulary.ts'
import type { Choice } from '../components/Picker.svelte'
import { resolutionName } from './custom-labels.ts'

/**
 * Those that can be chosen now.
 * @param present the ticket's own, which it may keep although it is switched off.
 */
export const resolutionChoices = (
  resolutions: readonly ResolutionEntry[],
  present: Resolution | null = null,
): Choice[] =>
  resolutions
    .filter(({ key, active }) => active || key === present)
    .map(({ key }) => ({ value: key, label: resolutionName(key) }))
