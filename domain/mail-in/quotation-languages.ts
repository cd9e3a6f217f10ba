import { anyOf, anyWordOf } from './words/any-of.ts'
import { wordsOfAll } from './words/languages.ts'
import type { HeaderLabel, MailWords } from './words/mail-words.ts'

/**
 * How mail programs introduce what they quote or forward, in every language of words/: patterns
 * around the words.
 */

export type { HeaderLabel }

const headerLabels = ['from', 'date', 'to', 'cc', 'subject'] as const

/** A pattern for the label From in every language, for flags with and without `u`. */
export const fromLabel = anyOf(wordsOfAll(({ labels }) => labels?.from))

const labels: readonly (readonly [HeaderLabel, RegExp])[] = headerLabels.map((name) => {
  const words = anyOf(wordsOfAll(({ labels }) => labels?.[name]))
  return [name, new RegExp(`^[*_>\\s]*${words}[*_]*\\s?[*_]*[:：][*_]*\\s*(.*)$`, 'iu')]
})

/** @returns which field a line of such a block is, with its content; null when it is none. */
export function headerLine(line: string): { label: HeaderLabel; content: string } | null {
  if (line.length > 2000 || !/[:：]/.test(line)) return null
  for (const [name, pattern] of labels) {
    const match = pattern.exec(line)
    if (match) return { label: name, content: (match[1] ?? '').replace(/[*_\s]+$/, '').trim() }
  }
  return null
}

const DASHES = '[-_=\\u2010-\\u2015]{2,}'
const original = anyOf(wordsOfAll((words) => words.original))
const forwarded = anyOf(
  wordsOfAll((words) => words.forwarded),
  80,
)
const beginsForwarded = anyOf(wordsOfAll((words) => words.beginsForwarded))
const wrote = anyWordOf(wordsOfAll((words) => words.wrote))
const on = anyOf(wordsOfAll((words) => words.on))

/** Above an answered mail: `-----Original Message-----`. */
export const originalSeparator = new RegExp(
  `^[>\\s*]*${DASHES}\\s*${original}\\s*${DASHES}[*\\s]*$`,
  'iu',
)
export const forwardSeparator = new RegExp(
  `^[>\\s*]*(?:${DASHES}\\s*${forwarded}[^\\n@]{0,50}|${beginsForwarded}\\s*[:：])[*\\s]*$`,
  'iu',
)
/** Yahoo's plain text runs the header block into the line of its separator. */
export const forwardOpening = new RegExp(
  `^[>\\s*]*${DASHES}\\s*${forwarded}\\s*${DASHES}\\s+(?=\\S)`,
  'iu',
)

/** A verb of attribution: "On Monday Anna wrote:". */
const saysWrote = new RegExp(wrote, 'iu')

/** A date or an address: without one a sentence that ends in "wrote:" is only a sentence. */
export const datedOrNamed =
  /\d{1,4}[./\-年 ]\s?(?:\d{1,2}|\p{L}{3,})|\d{1,2}[:.h]\d{2}|[^\s@<>]+@[^\s@<>]+/u

/**
 * Without a verb: Gmail in East Asian languages and Russian, Yandex, Mail.ru. `2024年5月1日(水) 10:00
 * 山田 <y@x>:`
 */
const bareAttribution =
  /^(?=.*(?:\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}))(?=.*\d{1,2}[:.h]\d{2}).{6,250}<[^<>\s]+@[^<>\s]+>\s*[:：]$/u

/**
 * Zoho and Android write it between dashes: `---- On Tue, 14 May 2024 10:58:00 +0200 Anna <a@x>
 * wrote ----`.
 */
export const attributionSeparator = new RegExp(
  `^\\s*[-_]{2,}\\s?.{2,200}?${wrote}\\s*[-_]{2,}\\s*$`,
  'iu',
)

/** Without its colon, so with everything else: how it opens, the time, the address. */
const uncolonedAttribution = new RegExp(
  `^${on}\\s.{0,60}\\d{1,2}[:.h]\\d{2}.{0,120}<[^<>\\s]+@[^<>\\s]+>\\s*${wrote}$`,
  'iu',
)

/** An answer on the same line, as a program makes it that drops the line ends of HTML. */
const answerBefore =
  /(?<=\S.*[\s-])On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|\d{1,2} |[A-Z][a-z]{2} \d)/

/**
 * @returns whether a line (or a few joined) introduces a quotation: who wrote, when, and a colon at
 *   the end.
 */
export function isAttribution(line: string): boolean {
  const text = line.trim()
  if (text.length < 10 || text.length > 500 || answerBefore.test(text)) return false
  if (!/[:：]$/.test(text)) return uncolonedAttribution.test(text)
  return bareAttribution.test(text) || (saysWrote.test(text) && datedOrNamed.test(text))
}

const mayBegin = new RegExp(
  `^\\s*${anyOf(wordsOfAll((words) => [...(words.on ?? []), ...(words.mayBegin ?? [])]))}(?![\\p{L}\\p{N}_])|\\d`,
  'iu',
)

/**
 * Words an attribution begins with when it is wrapped: "On", "Le", "Am", a weekday with a digit …
 */
export const beginsAttribution = (line: string): boolean =>
  mayBegin.test(line) || datedOrNamed.test(line)

const opens = new RegExp(
  `^\\s*(?:${on}\\s.{0,40}\\d|\\p{L}{2,10}[.,]{0,2} \\d{1,2}[. ]|\\d{1,4}[./\\-年]\\d{1,2})`,
  'iu',
)

/** Lines that certainly begin one: the word or the weekday before a date, or the date itself. */
export const opensAttribution = (line: string): boolean => opens.test(line)

/**
 * @returns whether a line ends in a verb of attribution, or is a date and an address; to be
 *   believed only above a line with `>`.
 */
export const looksLikeAttribution = (line: string): boolean =>
  line.length < 300 &&
  !answerBefore.test(line) &&
  (/[:：]\s*$/.test(line)
    ? saysWrote.test(line) || /@/.test(line)
    : /^\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b.*<[^<>\s]+@[^<>\s]+>\s*$/.test(line))

const program = (pick: (words: MailWords) => readonly string[] | undefined): string =>
  anyOf(wordsOfAll(pick), 60)

/** What phones and mail programs add below every mail. */
export const programSignature = new RegExp(
  `^[\\s*_>(]*(?:${program((words) => words.program)}|${program((words) => words.programWhole)}\\s*$)`,
  'iu',
)

/** Words of an attribution between its date and the name. */
export const beforeName = new RegExp(`^${anyOf(wordsOfAll((words) => words.beforeName))}\\s+`, 'iu')
