import { wellFormedText } from '../well-formed-text.ts'

/**
 * The first characters of a text on one line, cut at a whole character.
 * @param length in UTF-16 units.
 */
export function firstWords(text: string, length: number): string {
  const line = text
    .slice(0, length * 8)
    .replace(/\s+/g, ' ')
    .trim()
  const cut = line.slice(0, length)
  return wellFormedText(/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut)
}
