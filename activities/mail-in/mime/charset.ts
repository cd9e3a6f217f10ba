import { isAscii, isUtf8 } from 'node:buffer'
import { analyse } from 'chardet'
import iconv from 'iconv-lite'
import libmime from 'libmime'
import { wellFormedText } from '../../../domain/well-formed-text.ts'

/** Names that say nothing: what the bytes look like decides. */
const NOTHING = new Set([
  '',
  'xunknown',
  'x-unknown',
  'unknown',
  'unknown-8bit',
  '8bit',
  '7bit',
  'binary',
  'default',
  'x-user-defined',
  'none',
  'null',
  'usascii',
  'us-ascii',
  'ansi_x3.4-1968',
  'ascii',
  '646',
  'utf8',
  'utf-8',
  'utf8mb4',
  'unicode',
  'unicode-1-1-utf-8',
  'cp65001',
  'x-utf-8',
])
const saysNothing = (charset: string): boolean =>
  NOTHING.has(charset) || /^_?autodetect/.test(charset)
/** Western names that are put on UTF-8 by mistake so often that valid UTF-8 is believed instead. */
const western = /^(?:iso-?8859-?1|iso_8859-1|latin-?1|l1|windows-?1252|cp-?1252|iso-?8859-?15)$/
const stateful = /^(?:iso-?2022|csiso2022|jis|hz|utf-?7|unicode-1-1-utf-7|utf-?(?:16|32)|ucs-?[24])/

/**
 * Names whose superset everybody really writes (WHATWG Encoding does the same), and names
 * iconv-lite does not know.
 */
const supersets: Record<string, string> = {
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-9': 'windows-1254',
  'iso-8859-11': 'windows-874',
  'tis-620': 'windows-874',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  'x-gbk': 'gb18030',
  'gb_2312-80': 'gb18030',
  'euc-cn': 'gb18030',
  'cn-gb': 'gb18030',
  cp936: 'gb18030',
  shift_jis: 'cp932',
  'shift-jis': 'cp932',
  sjis: 'cp932',
  'x-sjis': 'cp932',
  ms_kanji: 'cp932',
  'windows-31j': 'cp932',
  big5: 'big5hkscs',
  'cn-big5': 'big5hkscs',
  'x-x-big5': 'big5hkscs',
  'euc-kr': 'cp949',
  'ks_c_5601-1987': 'cp949',
  'ks_c_5601-1989': 'cp949',
  ksc5601: 'cp949',
  'x-windows-949': 'cp949',
  'utf-7': 'utf-7',
  'unicode-1-1-utf-7': 'utf-7',
  utf7: 'utf-7',
  'x-mac-roman': 'macintosh',
  macroman: 'macintosh',
  'x-mac-cyrillic': 'maccyrillic',
}

/**
 * Bytes of a text to the text, whatever charset its writer named: the named one if it exists and
 * fits, UTF-8 where the bytes are UTF-8, else a guess from the bytes. Never fails; what no charset
 * explains is read as windows-1252, so that no character is lost.
 * @param declared the charset parameter or that of an encoded word; null when there is none.
 * @param hint a charset declared elsewhere in the same mail, preferred to guessing.
 * @returns text without NUL and lone surrogates, which PostgreSQL refuses.
 */
export function decodeText(
  bytes: Uint8Array,
  declared: string | null,
  hint: string | null = null,
): string {
  return wellFormedText(
    decoded(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      bareName(declared),
      bareName(hint),
    ),
  )
}

function decoded(bytes: Buffer, charset: string, hint: string): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3)
  if (bytes[0] === 0xff && bytes[1] === 0xfe && bytes.length % 2 === 0 && !western.test(charset))
    return bytes.toString('utf16le', 2)
  const ascii = isAscii(bytes)
  if (ascii && !stateful.test(charset)) {
    return bytes.includes('\u001b$') && /\u001b\$[@B(]/.test(bytes.toString('latin1'))
      ? named(bytes, 'iso-2022-jp')
      : bytes.toString('latin1')
  }
  if (saysNothing(charset)) return guessed(bytes, charset, hint)
  // Seven-bit by definition (RFC 1468, RFC 1557, RFC 1843): eight-bit bytes show that it is another
  // charset of that language.
  if (!ascii && /^(?:(?:cs)?iso-?2022|jis$|hz)/.test(charset) && !bytes.includes(0x1b))
    return guessed(
      bytes,
      '',
      /kr/.test(charset) ? 'cp949' : /^hz|cn/.test(charset) ? 'gb18030' : japanese(bytes),
    )
  const utf8 = isUtf8(bytes)
  if (utf8 && western.test(charset)) return bytes.toString('utf8')
  if (!known(charset)) return utf8 ? bytes.toString('utf8') : guessed(bytes, '', hint)
  const text = named(bytes, charset)
  return utf8 && !ascii && text.includes('\ufffd') ? bytes.toString('utf8') : text
}

/**
 * Nothing useful was declared: UTF-8 if it is, UTF-8 with damage if it mostly is, else the hint,
 * else what the byte statistics say.
 */
function guessed(bytes: Buffer, charset: string, hint: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const text = bytes.toString('utf8')
  const damage = count(text, /\ufffd/g)
  const letters = count(text, /[\u0080-\ufffc]/g)
  if (letters > damage * 2) return mended(bytes)
  if (hint !== '' && !saysNothing(hint) && known(hint)) return named(bytes, hint)
  if (!charset.startsWith('utf') || damage > 3) {
    const guess = analyse(bytes.length > 65_536 ? bytes.subarray(0, 65_536) : bytes)[0]
    const enough = bytes.length < 40 ? 60 : 25
    if (
      guess &&
      guess.confidence >= enough &&
      known(guess.name.toLowerCase()) &&
      !/^utf/i.test(guess.name)
    )
      return named(bytes, guess.name.toLowerCase())
  }
  return iconv.decode(bytes, 'windows-1252')
}

/** EUC-JP and Shift_JIS share no pairs of kana: in the first both bytes are high. */
const japanese = (bytes: Buffer): string =>
  count(bytes.toString('latin1'), /[\xa4\xa5][\xa1-\xf6]/g) >=
  count(bytes.toString('latin1'), /[\x82\x83][\x40-\xf1]/g)
    ? 'euc-jp'
    : 'cp932'

/**
 * UTF-8 in which single bytes of another charset stand (a quoted mail, a cut): those are read as
 * windows-1252.
 */
function mended(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) {
      let end = at
      while (end < bytes.length && (bytes[end] ?? 0) < 0x80) end++
      text += bytes.toString('latin1', at, end)
      at = end
      continue
    }
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    const sequence = bytes.subarray(at, at + length)
    const valid = lead >= 0xc2 && sequence.length === length && isUtf8(sequence)
    text += valid
      ? sequence.toString('utf8')
      : iconv.decode(bytes.subarray(at, at + 1), 'windows-1252')
    at += valid ? length : 1
  }
  return text
}

function named(bytes: Buffer, charset: string): string {
  if (/^hz/.test(charset))
    return iconv.decode(shifted(bytes, '~{', '~}'), 'gb18030').replace(/~~/g, '~')
  if (/^(?:cs)?iso-?2022-?kr/.test(charset))
    return iconv.decode(shifted(bytes, '\u000e', '\u000f'), 'cp949').replace(/\u001b\$\)C/g, '')
  // iconv-lite has no ISO-2022-JP; libmime has, for encoded words.
  if (/^(?:cs)?(?:iso-?2022-?jp|jis$)/.test(charset))
    return libmime.decodeWord('iso-2022-jp', 'B', bytes.toString('base64'))
  if (/^euc-?jp|^x-euc-?jp/.test(charset)) return iconv.decode(bytes, 'euc-jp')
  const superset = supersets[charset]
  return superset ? iconv.decode(bytes, superset) : iconv.decode(bytes, iconvName(charset))
}

const known = (charset: string): boolean =>
  charset in supersets ||
  /^(?:hz|(?:cs)?iso-?2022-?(?:kr|jp)|jis$|x-euc-?jp)/.test(charset) ||
  iconv.encodingExists(iconvName(charset))

const iconvName = (charset: string): string =>
  iconv.encodingExists(charset) && !/^(?:base64|hex)$/.test(charset)
    ? charset
    : libmime.normalizeCharset(charset)

/** Seven-bit double byte text between two shift marks, made eight-bit (RFC 1843, RFC 1557). */
function shifted(bytes: Buffer, into: string, out: string): Buffer {
  const text = bytes
    .toString('latin1')
    .split(into)
    .map((piece, index) => {
      if (index === 0) return piece
      const end = piece.indexOf(out)
      const inside = end < 0 ? piece : piece.slice(0, end)
      const high = inside.replace(/[!-~]/g, (char) =>
        String.fromCharCode(char.charCodeAt(0) | 0x80),
      )
      return end < 0 ? high : high + piece.slice(end + out.length)
    })
  return Buffer.from(text.join(''), 'latin1')
}

const bareName = (name: string | null): string =>
  (name ?? '')
    .toLowerCase()
    .replace(/^["'\s]+|["'\s;,]+$/g, '')
    .replace(/\*.*$/, '')
    .replace(/^charset=/, '')

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
