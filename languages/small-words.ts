import { smallWords as lists } from './generated/small-words.ts'
import { type Language, languages } from './language.ts'

/** Small words that a text of some length cannot do without, each of one of the languages alone. */
export const smallWords: ReadonlyMap<Language, ReadonlySet<string>> = new Map(
  languages.map((language) => [language, new Set(lists[language])]),
)
