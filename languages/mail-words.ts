import i18next from 'i18next'
import { mailWords } from './generated/mail-words.ts'
import type { MailKey, MessageValues } from './keys.ts'
import { FALLBACK, type Language, localeOf } from './language.ts'

const words = i18next.createInstance()
// Everything is there: it is ready when this returns.
void words.init({
  lng: FALLBACK,
  fallbackLng: false,
  initAsync: false,
  resources: Object.fromEntries(
    Object.entries(mailWords).map(([language, translation]) => [language, { translation }]),
  ),
  interpolation: { escapeValue: false },
})

/**
 * The text of a key in a language, for mail.
 * @param key a key of languages/en/mail.
 * @param values what the text's {{names}} stand for; `count` chooses the plural form.
 */
export const say = (language: Language, key: MailKey, values: MessageValues = {}): string =>
  words.t(key, { ...values, lng: language })

/** A day, as the language writes it. */
export const dayIn = (language: Language, day: Date): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone: 'UTC' }).format(day)

/** A day with its weekday. */
export const weekdayIn = (language: Language, day: Date): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'full', timeZone: 'UTC' }).format(day)

/** A moment, in UTC and so named: a mail does not know which clock its reader lives by. */
export const momentIn = (language: Language, moment: Date): string =>
  `${new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(moment)} UTC`
