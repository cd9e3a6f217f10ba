import { cut } from '../../../domain/cut.ts'
import addressparser from 'nodemailer/lib/addressparser'
import { normaliseAddress } from '../../../domain/mail-in/addresses.ts'
import type { MailAddress } from '../../../domain/mail-in/parsed-mail.ts'
import { wellFormedText } from '../../../domain/well-formed-text.ts'
import { decodeWords, eightBit } from './header.ts'

/** Characters of such a field that are read: about a thousand addresses with their names. */
export const longestAddressField = 128 * 1024
const encodedWords =
  /=\?[^?\s]{1,80}\?[bBqQ]\?[^\r\n"<>]{0,2000}?\?=(?:\s+=\?[^?\s]{1,80}\?[bBqQ]\?[^\r\n"<>]{0,2000}?\?=)*/g
const mark = /\ue000(\d+)\ue001/g

/**
 * The addresses of a From, To, Cc … field (RFC 5322 section 3.4), groups flattened, names decoded.
 * Encoded words are set aside first: what they decode to is a name and nothing else (RFC 2047
 * section 5), so neither a comma in it parts an address nor does it bring one of its own.
 * @param raw the field's raw value.
 * @param hint charset for eight-bit names.
 * @returns usable addresses only, lower case, no duplicates.
 */
export function readAddresses(raw: string, hint: string | null): MailAddress[] {
  const words: string[] = []
  const text = eightBit(cut(raw, longestAddressField), hint)
    .replace(/[\ue000\ue001]/g, '')
    .replace(encodedWords, (word) => `\ue000${words.push(decodeWords(word, hint)) - 1}\ue001`)
  const found = new Map<string, MailAddress>()
  for (const { name, address } of addressparser(text, { flatten: true })) {
    const normal = normaliseAddress(address)
    if (normal === '' || address.includes('\ue000')) continue
    const shown = cut(
      wellFormedText(name.replace(mark, (_, index: string) => words[Number(index)] ?? ''))
        .replace(/[\u0000-\u001f\u007f]+/g, ' ')
        .trim()
        .replace(/^'(.*)'$/, '$1'),
      300,
    )
    const known = found.get(normal)
    if (!known || known.name === '')
      found.set(normal, { address: normal, name: shown === normal ? '' : shown })
  }
  return [...found.values()]
}
