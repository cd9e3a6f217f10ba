import { anyOf } from './words/any-of.ts'
import { mailLanguages } from './words/languages.ts'
import type { ThanksWords } from './words/mail-words.ts'

/** Compared without case, accents and punctuation, and whole. */
const phrases = (patterns: readonly string[]): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${patterns.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
const followed = (words: readonly string[], by: readonly string[]): string =>
  `${anyOf(words)}(?: ${anyOf(by)})*`
const maybe = (words: readonly string[] = []): string =>
  words.length > 0 ? `(?:${anyOf(words)} )?` : ''

const languages = Object.values(mailLanguages).flatMap(({ thanks }) => thanks ?? [])
const all = (pick: (words: ThanksWords) => readonly string[] | undefined): readonly string[] =>
  languages.flatMap((words) => pick(words) ?? [])

/** What thanks: what is left when all of it is taken out is what the mail says. */
const thanking = phrases([
  followed(
    all(({ thanks }) => thanks),
    all(({ more }) => more),
  ),
])

/** What may stand around it and says nothing of its own: greetings, "it works now", closings. */
const around = phrases([
  followed(
    all(({ works }) => works),
    all(({ nowAgain }) => nowAgain),
  ),
  ...languages.flatMap(({ forHelp }) => (forHelp ? helpOf(forHelp) : [])),
  anyOf(all((words) => words.around)),
])

function helpOf({
  for: prepositions,
  your,
  quick,
  help,
}: NonNullable<ThanksWords['forHelp']>): string {
  return `${anyOf(prepositions)} ${maybe(your)}${maybe(quick)}${anyOf(help)}`
}

/** "Hi Sam," at the beginning: one name, perhaps with a title, and its comma. */
const SALUTATION = new RegExp(
  `^\\s*${anyOf(all((words) => words.salutation))} (?:${anyOf(all((words) => words.title))}\\.? )?[\\p{L}'’-]+\\s*[,!:.]`,
  'u',
)

/** Longer than this nobody merely thanks. Characters. */
const LONGEST = 240

/**
 * Is this mail nothing but thanks? Careful on the side of "no": a question, a number or any word
 * that is not known here makes it an answer.
 * @param visible a mail's text without quotations and signature.
 * @param names that may stand under it: the sender's.
 */
export function isMereThanks(visible: string, names: readonly string[] = []): boolean {
  if (visible.length > LONGEST || /[?¿]/.test(visible)) return false
  const text = plainWords(folded(visible).replace(SALUTATION, ' '))
  if (text === '') return false
  const without = text.replace(thanking, ' ')
  if (without === text) return false
  const known = new Set(names.flatMap((name) => plainWords(name).split(' ')))
  return without
    .replace(around, ' ')
    .split(' ')
    .every((word) => word === '' || known.has(word))
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()

const plainWords = (text: string): string =>
  folded(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
