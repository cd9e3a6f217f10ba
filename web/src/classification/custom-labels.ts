import type { ResolutionEntry, StatusNames } from '../../../domain/classification/contract.ts'
import { anyName, type CustomNames } from '../../../domain/classification/custom-names.ts'
import type { TicketStatus } from '../../../domain/vocabulary.ts'
import type { MessageKey } from '../../../languages/keys.ts'
import type { Language } from '../../../languages/language.ts'
import { statuses } from '../components/vocabulary.ts'
import { builtIn, language, textFor } from '../language/language.svelte.ts'

/** Where a status gives its name to something else. */
const namesakes: Partial<Record<TicketStatus, readonly MessageKey[]>> = {
  waiting: ['views.waiting'],
  solved: ['reports.column.solved'],
}

/**
 * What admins call statuses and resolutions, for `useCustomLabels`.
 * @param at the page's language. A resolution that has no name in it, nor a word of ours, is called
 *   as in another one.
 */
export function customLabels(
  names: StatusNames | undefined,
  resolutions: readonly ResolutionEntry[] | undefined,
  at: Language,
): Record<string, string> {
  const labels: Record<string, string> = {}
  const called = (status: TicketStatus): string | undefined => names?.[status][at] || undefined
  for (const status of statuses) {
    const name = called(status)
    if (name)
      for (const key of [`status.${status}`, ...(namesakes[status] ?? [])]) labels[key] = name
  }
  if (called('solved') ?? called('closed'))
    labels['views.solved'] = [
      called('solved') ?? builtIn('status.solved', at),
      called('closed') ?? builtIn('status.closed', at),
    ].join(' · ')
  for (const { key, names: own } of resolutions ?? []) {
    const name = own[at] || (builtIn(`resolution.${key}`, at) === null ? anyName(own) : '')
    if (name) labels[`resolution.${key}`] = name
  }
  return labels
}

/** What a resolution is called now. */
export const resolutionName = (key: string): string => textFor(`resolution.${key}`) ?? key

/**
 * What it was called when it was set.
 * @param names those of that time; without, it had our own word.
 */
export const resolutionNameAsOf = (key: string, names: CustomNames | null | undefined): string =>
  names?.[language.current] || builtIn(`resolution.${key}`) || (names && anyName(names)) || key
