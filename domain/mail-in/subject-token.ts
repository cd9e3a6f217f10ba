import { cut } from '../cut.ts'
import { anyOf } from './words/any-of.ts'
import { wordsOfAll } from './words/languages.ts'

/**
 * The ticket number in a subject, `[#1042]`, and the prefixes that mail clients put before a
 * subject.
 */
const token = /\[#([1-9]\d{0,9})\]/g
const longestSubject = 2000

/**
 * @returns the ticket number of the first `[#1042]`, null when there is none. A bare `#1042`, an
 *   order number in other brackets or a number that no ticket can have is not taken for it.
 */
export function subjectTicket(subject: string): number | null {
  for (const match of cut(subject, longestSubject).matchAll(token)) {
    const number = Number(match[1])
    if (number <= 2_147_483_647) return number
  }
  return null
}

/** @returns the subject with the ticket's token, after any Re: and in place of any other token. */
export function withSubjectTicket(subject: string, ticketNumber: number): string {
  const { prefixes, rest } = parted(withoutSubjectTicket(subject))
  return [...prefixes, `[#${ticketNumber}]`, rest].filter((part) => part !== '').join(' ')
}

/** @returns the subject without any ticket token. */
export const withoutSubjectTicket = (subject: string): string => {
  const text = cut(subject, longestSubject)
  return text.includes('[#')
    ? text
        .replace(token, ' ')
        .replace(/\s{2,}/g, ' ')
        .trim()
    : text.trim()
}

/**
 * @returns the subject of the conversation: without Re:, AW:, TR:, Fwd: … in any number, and
 *   without token.
 */
export const baseSubject = (subject: string): string => parted(withoutSubjectTicket(subject)).rest

/** @returns the subject of an answer: exactly one Re:, the token kept where it is. */
export const replySubject = (subject: string): string => {
  const { prefixes, rest } = parted(cut(subject, longestSubject).trim())
  return prefixes.length > 0 && prefixes.every(isForward) ? `Re: ${subject.trim()}` : `Re: ${rest}`
}

/** @returns whether a mail client marked the subject as forwarded (Fwd:, WG:, TR:, I:, 转发: …). */
export const isForwardSubject = (subject: string): boolean =>
  isForward(parted(cut(subject, longestSubject).trim()).prefixes[0] ?? '')

const forwards = wordsOfAll((words) => words.forward)
const prefix = new RegExp(
  `^${anyOf([...wordsOfAll((words) => words.answer), ...forwards])}(?:\\s?[\\[(]\\d{1,3}[\\])]|\\^\\d{1,3}|\\d)?\\s{0,3}[:：]\\s*`,
  'iu',
)

/** RV and VS answer in one language and forward in another; both are only prefixes here. */
const isForward = (part: string): boolean => {
  const word = part
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\s[(\d^\])]*[:：]\s*$/, '')
  return forwards.includes(word) && !['vs'].includes(word)
}

function parted(subject: string): { prefixes: string[]; rest: string } {
  const prefixes: string[] = []
  let rest = subject
  for (let match = prefix.exec(rest); match && prefixes.length < 50; match = prefix.exec(rest)) {
    prefixes.push(match[0].trim())
    rest = rest.slice(match[0].length)
  }
  return { prefixes, rest }
}
