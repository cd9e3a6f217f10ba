import { cut } from '../cut.ts'
import { withoutComments } from './header-fields.ts'

/**
 * No real mail client keeps more; a forged header may. The root and the newest are the ones that
 * matter.
 */
const mostIds = 200
const longestId = 998
const longestHeader = 256 * 1024

/**
 * The message ids of a Message-ID, In-Reply-To or References field (RFC 5322 section 3.6.4), read
 * leniently: several ids, folded ids, comments, phrases between them, and ids without brackets when
 * there is none with.
 * @param value the unfolded or folded field value.
 * @returns the ids without angle brackets, in their order, without duplicates; of more than 200 the
 *   first and the last 199.
 */
export function messageIds(value: string): string[] {
  const text = cut(value, longestHeader)
  const bracketed = [...text.matchAll(/<([^<>]*)>/g)]
    .map((match) => cleaned(match[1] ?? ''))
    .filter(isId)
  const ids = [...new Set(bracketed.length > 0 ? bracketed : bareIds(text))]
  return ids.length <= mostIds ? ids : [ids[0] ?? '', ...ids.slice(1 - mostIds)]
}

/**
 * @returns the one id of a Message-ID field; null when there is none (an empty id never matches
 *   anything).
 */
export const messageId = (value: string): string | null => messageIds(value)[0] ?? null

/**
 * The ids a mail answers, in the order in which they are to be believed: In-Reply-To, then
 * References from the newest to the root.
 * @returns no duplicates.
 */
export const answeredIds = (mail: {
  inReplyTo: readonly string[]
  references: readonly string[]
}): string[] => [...new Set([...mail.inReplyTo, ...[...mail.references].reverse()])]

/** @returns the id as a header field carries it. */
export const bracketed = (id: string): string => `<${id}>`

/**
 * Old clients write `In-Reply-To: id` bare, or a sentence ("Your message of …"): then only words
 * that look like ids count.
 */
function bareIds(text: string): string[] {
  const words = withoutComments(text)
    .split(/[\s,;<>]+/)
    .map(cleaned)
    .filter((word) => word !== '')
  if (words.length === 1)
    return words.filter((word) => isId(word) && (word.includes('@') || word.length > 5))
  return words.every((word) => word.includes('@')) ? words.filter(isId) : []
}

const cleaned = (id: string): string => id.replace(/[\s\u0000]+/g, '')

const isId = (id: string): boolean => id.length <= longestId && /[^@.\s]/.test(id)
