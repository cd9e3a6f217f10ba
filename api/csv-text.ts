import iconv from 'iconv-lite'

/**
 * The text of a CSV file as spreadsheets write it: UTF-8 with or without a byte order mark, or Windows-1252. What is valid UTF-8 is UTF-8:
 * text of another encoding with any accent practically never is.
 */
export function csvText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Not Node's own decoder, which takes it for ISO 8859-1 and loses the euro sign.
    return iconv.decode(bytes, 'windows-1252')
  }
}
