import type { HeaderField } from './parsed-mail.ts'

/**
 * @returns every value of a header field, topmost first.
 * @param name lower case.
 */
export const valuesOf = (headers: readonly HeaderField[], name: string): string[] =>
  headers.filter((field) => field.name === name).map((field) => field.value)

/**
 * @returns the topmost value of a header field, '' when the mail has none.
 * @param name lower case.
 */
export const valueOf = (headers: readonly HeaderField[], name: string): string =>
  headers.find((field) => field.name === name)?.value ?? ''

/**
 * @returns whether the mail has such a field at all, even an empty one.
 * @param name lower case.
 */
export const has = (headers: readonly HeaderField[], name: string): boolean =>
  headers.some((field) => field.name === name)

/**
 * @returns the text without RFC 5322 comments, which nest; an unclosed one is kept, as it is no
 *   comment.
 */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value
  let kept = ''
  let pending = ''
  let depth = 0
  let quoted = false
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i)
    const text = char === '\\' ? char + value.charAt(++i) : char
    if (char === '"' && depth === 0) quoted = !quoted
    if (!quoted && char === '(') depth++
    if (depth > 0) pending += text
    else kept += text
    if (!quoted && char === ')' && depth > 0 && --depth === 0) pending = ''
  }
  return kept + pending
}
