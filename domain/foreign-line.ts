import { cut } from './cut.ts'
import { wellFormedText } from './well-formed-text.ts'

/** UTF-16 units of what a foreign server said: enough for every reason, and no page of it. */
const MOST = 300

/** UTF-8 (RFC 3629) that was read byte by byte as Latin-1. */
const UTF8_AS_LATIN1 =
  /[\u00C2-\u00DF][\u0080-\u00BF]|[\u00E0-\u00EF][\u0080-\u00BF]{2}|[\u00F0-\u00F4][\u0080-\u00BF]{3}/g

/**
 * What a foreign server said, as it may be written down and shown: one line, without control
 * characters and those that turn the direction of writing, read as UTF-8 where its bytes are that, and
 * cut between two characters.
 */
export function foreignLine(text: string, most = MOST): string {
  // What is longer is cut before anything else is done with it; a few bytes make a character.
  const read = asUtf8(wellFormedText(cut(text, 8 * most)))
  const shown = read.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069\s]+/gu, ' ').trim()
  return shown.length <= most ? shown : `${cut(shown, most - 1).trimEnd()}…`
}

/** Libraries fall back to Latin-1 for a whole reply where one byte of it is no UTF-8. */
function asUtf8(text: string): string {
  if (!/^[\0-\u00FF]*$/.test(text)) return text
  return text.replace(UTF8_AS_LATIN1, (bytes) => {
    try {
      const array = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
      return new TextDecoder('utf-8', { fatal: true }).decode(array)
    } catch {
      return bytes
    }
  })
}
