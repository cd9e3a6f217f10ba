import { session } from '../people/session.svelte.ts'
import { type Draft, type DraftMode, writeBelow } from './drafts.ts'

/** Longer than a page waits for an answer: whoever sent this before is gone. */
const OLDEST_MS = 90_000
const prefix = 'guichet.sent.'
const nameOf = (number: number, mode: DraftMode): string =>
  `${prefix}${session.me?.id ?? ''}.${number}.${mode}.`

type SentDraft = Draft & { at: number }
/** What this page sent and the server has not answered yet, by its name in the store. */
const own = new Map<string, Draft>()

/**
 * Keeps what is being sent until the server has answered: a page that is closed meanwhile loses
 * nothing.
 * @returns its name.
 */
export function holdSent(number: number, mode: DraftMode, draft: Draft): string {
  const name = `${nameOf(number, mode)}${draft.sent?.id ?? ''}`
  own.set(name, draft)
  store(name, { ...draft, at: Date.now() })
  return name
}

/** The server has it. */
export function dropSent(name: string): void {
  own.delete(name)
  try {
    localStorage.removeItem(name)
  } catch {
    /* nothing is kept */
  }
}

/** What was being sent by pages that are gone is a draft again. */
export function recoverSent(number: number, mode: DraftMode): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(nameOf(number, mode)) || own.has(name)) continue
      const { at, ...draft } = JSON.parse(localStorage.getItem(name) ?? '') as SentDraft
      if (Date.now() - at < OLDEST_MS) continue
      writeBelow(number, mode, draft)
      localStorage.removeItem(name)
    }
  } catch {
    /* nothing is kept */
  }
}

// Whoever opens the ticket next, in whichever tab, need not wait until it is old.
window.addEventListener('pagehide', () => {
  for (const [name, draft] of own) store(name, { ...draft, at: 0 })
})

function store(name: string, draft: SentDraft): void {
  try {
    localStorage.setItem(name, JSON.stringify(draft))
  } catch {
    /* a full or closed store: leaving the page asks first */
  }
}
