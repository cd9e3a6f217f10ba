import { cut } from '../../domain/cut.ts'

/** The first bytes of a mail, in which its header is looked for. */
export const HEADER_BYTES = 32 * 1024

/**
 * What can be read of a mail that could not be parsed: sender and subject, for a person who decides
 * what becomes of it.
 * @param start the first bytes of the source.
 * @returns '' for what is not there.
 */
export async function readableHeader(start: Buffer): Promise<{ from: string; subject: string }> {
  const text = start.toString('utf8')
  const end = /\r?\n\r?\n/.exec(text)
  const header = text.slice(0, end?.index ?? text.length).replace(/\r?\n[ \t]+/g, ' ')
  const { default: libmime } = await import('libmime')
  const field = (name: string): string => {
    const raw = new RegExp(`^${name}[ \\t]*:(.*)$`, 'im').exec(header)?.[1]?.trim() ?? ''
    return cut(printable(decodedWords(libmime, raw)), 500)
  }
  return { from: field('from'), subject: field('subject') }
}

function decodedWords(libmime: typeof import('libmime').default, raw: string): string {
  try {
    return libmime.decodeWords(raw)
  } catch {
    return raw
  }
}

const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
