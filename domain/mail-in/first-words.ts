import { cut } from '../cut.ts'
import { wellFormedText } from '../well-formed-text.ts'

/**
 * The first characters of a text on one line, well formed.
 * @param length in UTF-16 units.
 */
export const firstWords = (text: string, length: number): string =>
  wellFormedText(
    cut(
      cut(text, length * 8)
        .replace(/\s+/g, ' ')
        .trim(),
      length,
    ),
  )
