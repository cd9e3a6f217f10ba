import { domainOf, localPartOf, longestLocalPart, normaliseAddress } from './addresses.ts'

/**
 * What a reply address says; not to be believed before its token is verified
 * (application/mail-out/reply-token.ts).
 */
export interface ReplyAddress {
  /** The mailbox it was made from: `it@x` of `it+t1042.k7f3…@x`. */
  mailbox: string
  ticketNumber: number
  token: string
}

/**
 * `t<number>.<token>` after the plus, or after another tag of the mailbox itself. Base 32, because
 * some systems change the case of local parts.
 */
const tag = /^(.+?)(\+|\+.+\.)t([1-9]\d{0,9})\.([a-z2-7]{16,32})$/

/**
 * The address to which an answer comes back into its ticket: `it+t1042.k7f3…@x` (RFC 5233
 * subaddress).
 * @param mailbox the department's address.
 * @param token base 32, lower case.
 * @returns null when the local part would exceed 64 octets (RFC 5321 section 4.5.3.1.1) or the
 *   mailbox is no plain address: threading then rests on References and subject.
 */
export function composeReplyAddress(
  mailbox: string,
  ticketNumber: number,
  token: string,
): string | null {
  const address = normaliseAddress(mailbox)
  const local = localPartOf(address)
  if (address === '' || local.startsWith('"')) return null
  const composed = `${local}${local.includes('+') ? '.' : '+'}t${ticketNumber}.${token}`
  return octets(composed) <= longestLocalPart ? `${composed}@${domainOf(address)}` : null
}

/** @returns what the address says, null when it is no reply address. Case does not matter. */
export function readReplyAddress(address: string): ReplyAddress | null {
  const normal = normaliseAddress(address)
  const match = tag.exec(localPartOf(normal))
  if (!match?.[1] || !match[2] || !match[4]) return null
  const ownTag = match[2] === '+' ? '' : match[2].slice(0, -1)
  return {
    mailbox: `${match[1]}${ownTag}@${domainOf(normal)}`,
    ticketNumber: Number(match[3]),
    token: match[4],
  }
}

/** UTF-8 length without an encoder: a workflow has none. */
const octets = (text: string): number =>
  [...text].reduce(
    (sum, char) => sum + (char <= '\u007f' ? 1 : char <= '\u07ff' ? 2 : char <= '\uffff' ? 3 : 4),
    0,
  )
