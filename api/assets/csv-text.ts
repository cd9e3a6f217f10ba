import iconv from 'iconv-lite'

/**
 * The text of a CSV file as spreadsheets write it: UTF-16 with a byte order mark, UTF-8 with or
 * without one, or Windows-1252. What is valid UTF-8 is UTF-8: text of another encoding with any
 * accent practically never is.
 */
export function csvText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(bytes, 'utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv.decode(bytes, 'utf-16be')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Not Node's own decoder, which takes it for ISO 8859-1 and loses the euro sign.
    return iconv.decode(bytes, 'windows-1252')
  }
}
