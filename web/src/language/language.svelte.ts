import i18next from 'i18next'
import { webWords } from '../../../languages/generated/web-words.ts'
import type { MessageKey, MessageValues } from '../../../languages/keys.ts'
import {
  directionOf,
  FALLBACK,
  type Language,
  languageOf,
  languages,
} from '../../../languages/language.ts'
import { remembered } from '../design/remembered.svelte.ts'

const stored = remembered<Language>('guichet.language', languageOf(navigator.languages[0]))
const messages = i18next.createInstance()
let current = $state<Language>(FALLBACK)
/** What admins call things, by the key of our own word for it. */
let custom = $state.raw<Record<string, string>>({})

/** The language of the page. */
export const language = {
  get current(): Language {
    return current
  },
}

/**
 * Loads the catalogue that this browser asked for last, or prefers. To be awaited before anything
 * is shown.
 */
export async function prepareLanguage(): Promise<void> {
  await messages.init({
    lng: FALLBACK,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
  })
  await useLanguage(languages.includes(stored.value) ? stored.value : FALLBACK)
}

/** Changes the language of the whole page at once. */
export async function useLanguage(next: Language): Promise<void> {
  await loadLanguage(next)
  await messages.changeLanguage(next)
  stored.value = next
  current = next
  document.documentElement.lang = next
  document.documentElement.dir = directionOf(next)
}

/** Loads a catalogue without turning to it: for `builtIn`. */
export async function loadLanguage(one: Language): Promise<void> {
  if (!messages.hasResourceBundle(one, 'translation'))
    messages.addResourceBundle(one, 'translation', (await webWords[one]()).default)
}

/**
 * From now on these replace our own words, everywhere at once.
 * @param words in the page's language, by key.
 */
export const useCustomLabels = (labels: Record<string, string>): void => {
  custom = labels
}

/**
 * Our own word for a key, whatever admins call it.
 * @returns null when there is none, or its language is not loaded.
 */
export const builtIn = (key: string, one: Language = current): string | null =>
  messages.exists(key, { lng: one }) ? messages.t(key, { lng: one }) : null

/**
 * The text of a key in the page's language. Reactive: a component shows the new text when the
 * language changes.
 * @param key a key of languages/en/web.
 * @param values what the text's {{names}} stand for; `count` chooses the plural form.
 */
export function t(key: MessageKey, values: MessageValues = {}): string {
  return custom[key] ?? messages.t(key, { ...values, lng: current })
}

/**
 * @returns the text of a key made at run time, such as `problem.` with a server's code; null when
 *   the catalogue has none.
 */
export function textFor(key: string, values: MessageValues = {}): string | null {
  return (
    custom[key] ??
    (messages.exists(key, { lng: current }) ? messages.t(key, { ...values, lng: current }) : null)
  )
}
