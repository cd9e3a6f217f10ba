/** UTF-16 units before the cut in which the last whole character is looked for. */
const WINDOW = 128

let segmenter: Intl.Segmenter | undefined

/**
 * The beginning of a text, cut between two characters as people see them (grapheme clusters, Unicode
 * Standard Annex 29): half of an emoji is no text, and no database takes it. The one way to cut a
 * text that people or foreign servers wrote.
 *
 * Workflows may use it: V8 brings Intl.Segmenter to their sandbox too. Another version of Node may
 * know newer clusters and cut elsewhere, but nothing that Temporal compares in a replay depends on a
 * text's last character, and what was once written is not written again.
 * @param most UTF-16 units, as `length` counts them. A first character that does not fit, and
 *   one longer than 128 of them, is cut between two code points.
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  if (most <= 0) return ''
  if (isPlain(text.charCodeAt(most - 1)) && isPlain(text.charCodeAt(most)))
    return text.slice(0, most)
  const from = codePointAt(text, Math.max(0, most - WINDOW))
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
  const within = segmenter.segment(text.slice(from, most + 2)).containing(most - from)
  const boundary = from + (within?.index ?? most - from)
  return text.slice(0, boundary > from ? boundary : codePointAt(text, most))
}

/** Two of these never belong to one character: printable ASCII, and line feed, not after CR. */
const isPlain = (unit: number): boolean => (unit >= 0x20 && unit < 0x7f) || unit === 0x0a

/** @returns the place itself, or the one before it where it is within a surrogate pair. */
const codePointAt = (text: string, at: number): number =>
  at > 0 && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)) ? at - 1 : at

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000
