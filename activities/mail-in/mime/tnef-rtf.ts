import { cut } from '../../../domain/cut.ts'
import { decodeText } from './charset.ts'

/** What the window of compressed RTF holds at the beginning (MS-OXRTFCP section 2.1.2.1). */
const prebuffer =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'
const compressed = 0x75465a4c
const uncompressed = 0x414c454d
const longest = 32 * 1024 * 1024

/** @returns the RTF of a PR_RTF_COMPRESSED value as bytes in a string; null when it is none. */
export function decompressRtf(data: Buffer): string | null {
  if (data.length < 16) return null
  const size = Math.min(data.readUInt32LE(4), longest)
  const kind = data.readUInt32LE(8)
  if (kind === uncompressed) return data.toString('latin1', 16, 16 + size)
  if (kind !== compressed) return null
  const window = Buffer.alloc(4096, ' ')
  window.write(prebuffer, 'latin1')
  let write = prebuffer.length
  const out = Buffer.alloc(size)
  let length = 0
  const put = (byte: number): void => {
    window[write] = byte
    write = (write + 1) % 4096
    if (length < size) out[length++] = byte
  }
  for (let at = 16; at < data.length && length < size;) {
    const control = data[at++] ?? 0
    for (let bit = 0; bit < 8 && at < data.length; bit++) {
      if ((control & (1 << bit)) === 0) {
        put(data[at++] ?? 0)
        continue
      }
      const reference = ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)
      at += 2
      const offset = reference >> 4
      if (offset === write) return out.toString('latin1', 0, length)
      for (let i = 0; i < (reference & 15) + 2; i++) put(window[(offset + i) % 4096] ?? 0)
    }
  }
  return out.toString('latin1', 0, length)
}

/**
 * @returns the HTML that Outlook hid in RTF (MS-OXRTFEX, `\fromhtml1`); null when the RTF was not
 *   made from HTML.
 */
export const rtfToHtml = (rtf: string): string | null =>
  /\\fromhtml1/.test(cut(rtf, 4000)) ? read(rtf, true) : null

/** @returns the text of RTF. */
export const rtfToText = (rtf: string): string =>
  read(rtf, false)
    .replace(/\n{3,}/g, '\n\n')
    .trim()

const skipped = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'info',
  'pict',
  'object',
  'themedata',
  'datastore',
  'generator',
  'listtable',
  'listoverridetable',
  'xmlnstbl',
  'mhtmltag',
])
const characters: Record<string, string> = {
  par: '\n',
  line: '\n',
  tab: '\t',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  endash: '–',
  emdash: '—',
  '~': '\u00a0',
  _: '-',
}

interface Group {
  silent: boolean
  htmlTag: boolean
  skipAfterUnicode: number
}

/**
 * One pass over RTF. With `asHtml` only what Outlook marked as HTML and the text between is kept,
 * else the text alone.
 */
function read(rtf: string, asHtml: boolean): string {
  const charset = `cp${/\\ansicpg(\d+)/.exec(rtf)?.[1] ?? '1252'}`
  const groups: Group[] = [{ silent: false, htmlTag: false, skipAfterUnicode: 1 }]
  let hiddenByHtmlRtf = false
  let out = ''
  let bytes: number[] = []
  let skip = 0
  const group = (): Group => groups.at(-1) ?? { silent: true, htmlTag: false, skipAfterUnicode: 1 }
  const flush = (): void => {
    if (bytes.length > 0) out += decodeText(Buffer.from(bytes), charset)
    bytes = []
  }
  const put = (text: string): void => {
    const shown = text.slice(skip)
    skip = Math.max(skip - text.length, 0)
    if (shown === '' || group().silent || (asHtml && hiddenByHtmlRtf)) return
    flush()
    out += shown
  }
  const token =
    /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi
  for (const [, word, number, hex, symbol, brace, text] of rtf.matchAll(token)) {
    if (brace === '{') {
      if (groups.length < 10_000) groups.push({ ...group() })
    } else if (brace === '}') {
      flush()
      if (groups.length > 1) groups.pop()
    } else if (hex) {
      if (skip > 0) skip--
      else if (!group().silent && !(asHtml && hiddenByHtmlRtf)) bytes.push(parseInt(hex, 16))
    } else if (symbol) {
      if (symbol === '*') group().silent = true
      else put(characters[symbol] ?? ('\\{}'.includes(symbol) ? symbol : ''))
    } else if (text) put(text)
    else if (word === 'htmltag') group().silent = !asHtml
    else if (word === 'htmlrtf') hiddenByHtmlRtf = number !== '0'
    else if (word && skipped.has(word)) group().silent = true
    else if (word === 'uc') group().skipAfterUnicode = Number(number ?? 1)
    else if (word === 'u' && number) {
      put(String.fromCharCode(Number(number) & 0xffff))
      skip = group().skipAfterUnicode
    } else if (word && word in characters) put(characters[word] ?? '')
  }
  flush()
  return out
}
