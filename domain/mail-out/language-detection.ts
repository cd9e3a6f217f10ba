import type { MailLanguage } from './texts.ts'

/** Small words that a text of some length cannot do without, each of one of the languages alone. */
const smallWords: Record<MailLanguage, ReadonlySet<string>> = {
  en: new Set(
    'the and is are was have has with this that from please you your we our it not can could would hello thanks regards my on to of'.split(
      ' ',
    ),
  ),
  fr: new Set(
    'le les des du et est sont une avec pour dans nous vous je ne pas que qui sur mon ma notre votre bonjour merci cordialement à il elle aux ce cette depuis'.split(
      ' ',
    ),
  ),
  de: new Set(
    'der die das und ist sind ein eine mit für nicht ich wir sie auf dem den zu von bitte hallo danke guten tag mein meine unser unsere seit kann es'.split(
      ' ',
    ),
  ),
}

/** Enough to tell languages apart; a long mail says nothing new. Words. */
const READ = 300
const LEAST_HITS = 2

/**
 * The language that a text is written in, by its small words.
 * @returns null when it is too short, or none of ours is clearly ahead: English is then spoken.
 */
export function spokenLanguage(text: string): MailLanguage | null {
  const words =
    text
      .toLowerCase()
      .match(/\p{L}+/gu)
      ?.slice(0, READ) ?? []
  const hits = (Object.keys(smallWords) as MailLanguage[])
    .map((language) => ({
      language,
      count: words.filter((word) => smallWords[language].has(word)).length,
    }))
    .sort((a, b) => b.count - a.count)
  const [first, second] = hits
  return first && second && first.count >= LEAST_HITS && first.count >= second.count * 1.5 + 1
    ? first.language
    : null
}
