import { type Language, languages } from '../../languages/language.ts'
import { smallWords } from '../../languages/small-words.ts'

/** Enough to tell languages apart; a long mail says nothing new. Words. */
const READ = 300
const LEAST_HITS = 2

/**
 * The language that a text is written in, by its small words.
 * @returns null when it is too short, or none of ours is clearly ahead: English is then spoken.
 */
export function spokenLanguage(text: string): Language | null {
  const words =
    text
      .toLowerCase()
      .match(/\p{L}+/gu)
      ?.slice(0, READ) ?? []
  const hits = languages
    .map((language) => ({
      language,
      count: words.filter((word) => smallWords.get(language)?.has(word)).length,
    }))
    .sort((a, b) => b.count - a.count)
  const [first, second] = hits
  return first && first.count >= LEAST_HITS && first.count >= (second?.count ?? 0) * 1.5 + 1
    ? first.language
    : null
}
