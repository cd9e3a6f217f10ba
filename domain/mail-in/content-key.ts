/**
 * The fields a writer's side sets and no system on the way may change (RFC 5321 section 4.4 lets
 * them only add trace fields).
 */
const identifying = new Set([
  'message-id',
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'in-reply-to',
  'references',
  'content-type',
  'resent-message-id',
  'resent-date',
  'resent-from',
  'resent-to',
])

/**
 * The part of a mail's header that tells it from every other mail, to be hashed together with its
 * body: the same mail fetched twice, over another way or after a change of UIDVALIDITY gives the
 * same text; Received, Delivered-To, X-* and other trace do not count, nor does folding. Two
 * different mails under one Message-ID differ by the rest, and a mail without one is still told
 * apart.
 * @param head the raw header block, one character for each byte.
 * @returns lines `name:value`, sorted, white space collapsed.
 */
export function identifyingHeader(head: string): string {
  const unfolded = head.replace(/\r\n?/g, '\n').replace(/\n[ \t]+/g, ' ')
  const lines = unfolded.split('\n').flatMap((line) => {
    const field = /^([!-9;-~]+)[ \t]*:/.exec(line)
    // What is no field is text that lost its blank line, so it tells mails apart; a mailbox file's
    // "From " line does not.
    if (!field) return line === '' || /^>?From /.test(line) ? [] : [`:${line.trim()}`]
    const colon = field[0].length - 1
    const name = (field[1] ?? '').toLowerCase()
    return identifying.has(name)
      ? [
          `${name}:${line
            .slice(colon + 1)
            .replace(/\s+/g, ' ')
            .trim()}`,
        ]
      : []
  })
  return lines.sort().join('\n')
}
