import { createHash } from 'node:crypto'
import { identifyingHeader } from '../../../domain/mail-in/content-key.ts'

const cr = 13
const lf = 10

/**
 * Identifies a mail by what it says, not by how it came: SHA-256 (hex) over the identifying header
 * fields and the body. Needs no parsing, so that a mail which breaks the parser has one too. Line
 * ends (CRLF, LF) and blank lines at the end do not count, because IMAP servers and gateways change
 * them.
 * @param raw the mail as stored.
 */
export function contentKey(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const { headEnd, bodyStart } = blankLine(bytes)
  const hash = createHash('sha256')
    .update(identifyingHeader(bytes.toString('latin1', 0, headEnd)))
    .update('\n\n')
  let end = bytes.length
  while (end > bodyStart && (bytes[end - 1] === lf || bytes[end - 1] === cr)) end--
  for (let at = bodyStart; at < end;) {
    const lineEnd = bytes.indexOf(cr, at)
    const stop = lineEnd < 0 || lineEnd >= end ? end : lineEnd
    hash.update(bytes.subarray(at, stop))
    at = stop
    if (at < end) {
      at += 1
      if (bytes[at] !== lf) hash.update('\n')
    }
  }
  return hash.digest('hex')
}

function blankLine(bytes: Buffer): { headEnd: number; bodyStart: number } {
  const ends = ['\r\n\r\n', '\n\n', '\r\r'].flatMap((mark) => {
    const at = bytes.indexOf(mark)
    return at < 0 ? [] : [{ headEnd: at, bodyStart: at + mark.length }]
  })
  return (
    ends.sort((a, b) => a.headEnd - b.headEnd)[0] ?? {
      headEnd: bytes.length,
      bodyStart: bytes.length,
    }
  )
}
