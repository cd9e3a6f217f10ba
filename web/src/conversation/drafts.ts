import type { Attachment } from '../../../domain/conversation/contract.ts'
import { session } from '../people/session.svelte.ts'
import type { Unanswered } from './unanswered.ts'

export interface Draft {
  text: string
  to: string[]
  cc: string[]
  attachments: Attachment[]
  /** It went so, and nobody knows whether it arrived. */
  sent?: Unanswered | undefined
}
export type DraftMode = 'reply' | 'note'

const prefix = 'guichet.draft.'
const name = (number: number, mode: DraftMode): string =>
  `${prefix}${session.me?.id ?? ''}.${number}.${mode}`

/** What was written and not sent, kept in this browser for its writer alone. */
export function readDraft(number: number, mode: DraftMode): Draft | null {
  try {
    const stored = localStorage.getItem(name(number, mode))
    return stored === null ? null : (JSON.parse(stored) as Draft)
  } catch {
    return null
  }
}

/** An empty text without files needs no draft. */
export function keepDraft(number: number, mode: DraftMode, draft: Draft): void {
  try {
    if (draft.text.trim() === '' && draft.attachments.length === 0)
      localStorage.removeItem(name(number, mode))
    else localStorage.setItem(name(number, mode), JSON.stringify({ ...draft, at: Date.now() }))
  } catch {
    /* a full or closed store: the text stays on the page */
  }
}

/** Puts it below what is written there by now. */
export function writeBelow(number: number, mode: DraftMode, draft: Draft): void {
  const before = readDraft(number, mode)
  const { to, cc } = before && before.to.length > 0 ? before : draft
  keepDraft(number, mode, {
    text: [before?.text ?? '', draft.text].filter((part) => part.trim() !== '').join('\n\n'),
    to,
    cc,
    attachments: [...(before?.attachments ?? []), ...draft.attachments],
    sent: draft.sent ?? before?.sent,
  })
}

export const dropDraft = (number: number, mode: DraftMode): void =>
  keepDraft(number, mode, { text: '', to: [], cc: [], attachments: [] })
