/**
 * Text as PostgreSQL can keep it: without NUL (which `text` refuses) and without halves of
 * surrogate pairs (which JSON refuses). Broken mails bring both; each becomes U+FFFD, so that
 * nothing is dropped unseen.
 */
export const storable = (text: string): string =>
  unstorable.test(text) ? text.replace(unstorableAll, '\uFFFD') : text

const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

const unstorableAll = new RegExp(unstorable, 'g')

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
  return storable(/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut)
}
