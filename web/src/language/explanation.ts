import type { Explanation } from '../../../domain/explanation.ts'
import type { Explained } from '../../../languages/explanation.ts'
import { explanation } from '../../../domain/explanation.ts'
import { t } from './language.svelte.ts'

/** What the server says, in the page's language; another system's own words as they are. */
export const explained = (told: Explained): string =>
  typeof told === 'string'
    ? told
    : told.map(({ code, values }) => t(`said.${code}`, values)).join(' ')

/** Of what a history or a notification holds: nothing, when it is no explanation. */
export function explainedIn(data: unknown): string {
  const told = explanation.safeParse(data)
  return told.success ? explained(told.data satisfies Explanation) : ''
}
