import type { Attachment } from '../../../domain/conversation/contract.ts'
import type { IdentifiedPost } from '../api/request-ids.ts'
import { session } from '../people/session.svelte.ts'

/** A new ticket while it is written. */
export interface NewTicketDraft {
  email: string
  name: string
  subject: string
  text: string
  priority: string
  departmentId: string
  attachments: Attachment[]
  /** It went so, and nobody knows whether it arrived. */
  sent?: IdentifiedPost | undefined
}

/** @param begun with what the form was opened: each beginning has a draft of its own. */
const name = (begun: string): string => `guichet.draft.${session.me?.id ?? ''}.new.${begun}`

/** What was written and not created, kept in this browser for its writer alone. */
export function readNewTicket(begun: string): NewTicketDraft | null {
  try {
    const stored = localStorage.getItem(name(begun))
    return stored === null ? null : (JSON.parse(stored) as NewTicketDraft)
  } catch {
    return null
  }
}

export function keepNewTicket(begun: string, draft: NewTicketDraft): void {
  try {
    localStorage.setItem(name(begun), JSON.stringify(draft))
  } catch {
    /* a full or closed store: the text stays on the page */
  }
}

export function dropNewTicket(begun: string): void {
  try {
    localStorage.removeItem(name(begun))
  } catch {
    /* nothing is kept */
  }
}
