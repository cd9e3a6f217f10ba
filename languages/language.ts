import { FALLBACK, languages as codes, manifests } from './generated/list.ts'

/** A language that Guichet speaks: the name of its folder here, an ISO 639-1 code. */
export type Language = (typeof codes)[number]

/** Every language: English, then the others by their own names. */
export const languages: readonly [Language, ...Language[]] = codes

export { FALLBACK }

/**
 * @param tag a language tag such as `fr-CH`, what a mail said of itself, or what is stored.
 * @returns the language of ours that it means; English for every other.
 */
export const languageOf = (tag: string | null | undefined): Language => {
  const primary = tag?.trim().split(/[-_]/, 1)[0]?.toLowerCase()
  return languages.find((code) => code === primary) ?? FALLBACK
}

/** @returns the locale by whose customs dates and amounts are written. */
export const localeOf = (language: Language): string => manifests[language].locale

/** @returns what the language calls itself. */
export const nameOf = (language: Language): string => manifests[language].name

/**
 * @returns how short the language writes a duration where there is little room. Some have no short form
 *   of a day that anybody writes.
 */
export const unitsOf = (
  language: Language,
  unit: 'minute' | 'hour' | 'day',
): 'narrow' | 'short' | 'long' => {
  const { units, days } = manifests[language]
  return unit === 'day' ? days : units
}

/** @returns in which direction it is written. */
export const directionOf = (language: Language): 'ltr' | 'rtl' => manifests[language].direction
