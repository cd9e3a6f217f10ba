import { cut } from '../../../domain/cut.ts'
import libqp from 'libqp'

/**
 * Undoes a Content-Transfer-Encoding (RFC 2045 section 6). Never fails: damaged input gives what
 * can be read of it.
 * @param encoding lower case; an unknown one is taken for none, since then the bytes are at least
 *   shown as they are.
 * @param file it is a file, of which clear text behind its base64 is no part.
 * @returns a view of the input when nothing had to be decoded.
 */
export function decodeTransfer(bytes: Buffer, encoding: string, file = false): Buffer {
  switch (encoding) {
    case 'base64':
      return decodeBase64(bytes, file)
    case 'quoted-printable':
      return libqp.decode(bytes.toString('latin1'))
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return uuencodedFiles(bytes.toString('latin1')).files[0]?.content ?? bytes
    default:
      return bytes
  }
}

/**
 * Base64, and behind it as clear text what a mailing list or a scanner appended without looking: a
 * footer is text too. Several padded runs one after the other are each decoded.
 */
function decodeBase64(bytes: Buffer, file: boolean): Buffer {
  const text = bytes.toString('latin1')
  if (!file && isClearText(text)) return bytes
  const foreign =
    /(?:^|\r?\n)[^\S\r\n]*(?=[^\r\n]*[^A-Za-z0-9+/=\s\-_][^\r\n]*(?:\r?\n|$)|_{4,}|-{4,})/.exec(
      text.length > 4_000_000 ? text.slice(-4096) : text,
    )
  const begin =
    foreign === null
      ? text.length
      : (text.length > 4_000_000 ? text.length - 4096 : 0) + foreign.index
  // Encoded lines behind it: damage in the middle, not a footer.
  const cut =
    /^[A-Za-z0-9+/]{56,}=*\r?$/m.test(text.slice(begin)) ||
    isDamagedLine(text.slice(begin, begin + 200))
      ? text.length
      : begin
  const head = text.slice(0, cut)
  const footer = text.slice(cut)
  const padded = /=[\s=]*[A-Za-z0-9+/]/.test(head.length > 4_000_000 ? '' : head)
  const runs = padded
    ? head
        .split(/(?<==)(?!=)(?!\s*=)/)
        .map((run) => Buffer.from(run, /^[ \t]+\S/.test(run) ? 'latin1' : 'base64'))
    : [Buffer.from(head, 'base64')]
  if (!file && footer.trim() !== '') runs.push(Buffer.from(footer, 'latin1'))
  const decoded = runs.length === 1 ? (runs[0] ?? Buffer.alloc(0)) : Buffer.concat(runs)
  return decoded.length === 0 && text.trim() !== '' ? bytes : decoded
}

/** Words with spaces between them on most lines: declared as base64, but never encoded. */
function isClearText(text: string): boolean {
  const lines = cut(text, 2000)
    .split('\n', 12)
    .filter((line) => line.trim() !== '')
  return lines.filter((line) => /[a-z],? +[a-z]/i.test(line)).length * 2 > lines.length
}

/**
 * One word, nearly all of the alphabet: a line of base64 with a wrong character, which is to be
 * ignored (RFC 2045 section 6.8).
 */
function isDamagedLine(footer: string): boolean {
  const line = /^\s*(\S+)[^\S\n]*(?:\r?\n|$)/.exec(footer)?.[1] ?? ''
  const foreign = line.replace(/[A-Za-z0-9+/=]+/g, '').length
  return foreign > 0 && foreign * 10 < line.length && !line.includes('://')
}

export interface EncodedFile {
  filename: string
  content: Buffer
}

/**
 * Files written into a text between `begin 644 name` and `end` (uuencode), as mail did before MIME
 * and some systems still do.
 * @returns the text without them; a block that is not whole stays in the text.
 */
export function uuencodedFiles(text: string): { text: string; files: EncodedFile[] } {
  if (!/^begin [0-7]{3,4} \S/m.test(text)) return { text, files: [] }
  const lines = text.split('\n')
  const kept: string[] = []
  const files: EncodedFile[] = []
  for (let i = 0; i < lines.length; i++) {
    const filename = /^begin [0-7]{3,4} (\S.*?)\s*$/.exec(lines[i] ?? '')?.[1]
    const block = filename === undefined ? null : uuencodedBlock(lines, i + 1)
    if (filename !== undefined && block) {
      files.push({ filename, content: block.content })
      i = block.end
    } else kept.push(lines[i] ?? '')
  }
  return { text: kept.join('\n'), files }
}

function uuencodedBlock(
  lines: readonly string[],
  from: number,
): { content: Buffer; end: number } | null {
  const chunks: Buffer[] = []
  for (let i = from; i < lines.length; i++) {
    const line = (lines[i] ?? '').replace(/\r$/, '')
    if (line.trim() === 'end')
      return chunks.length > 0 ? { content: Buffer.concat(chunks), end: i } : null
    const length = line === '' ? 0 : (line.charCodeAt(0) - 32) & 63
    // Trailing spaces are lost on the way, so a line may be shorter than it says, never much
    // longer.
    if (/[^ -`]/.test(line) || line.length > 1 + Math.ceil(length / 3) * 4 + 2) return null
    if (length > 0) chunks.push(uudecodedLine(line, length))
  }
  return null
}

function uudecodedLine(line: string, length: number): Buffer {
  const content = Buffer.alloc(length)
  const bits = (at: number): number => (at < line.length ? (line.charCodeAt(at) - 32) & 63 : 0)
  for (let from = 1, to = 0; to < length; from += 4, to += 3) {
    const group =
      (bits(from) << 18) | (bits(from + 1) << 12) | (bits(from + 2) << 6) | bits(from + 3)
    content[to] = group >> 16
    if (to + 1 < length) content[to + 1] = (group >> 8) & 255
    if (to + 2 < length) content[to + 2] = group & 255
  }
  return content
}
