import { createHmac, timingSafeEqual } from 'node:crypto'
import { everyKey, type SecretKeys } from './secret-keys.ts'

export type SignedPage =
  | { state: 'good' | 'expired'; subject: Record<string, string>; expires: Date }
  /** Not made by this server, or changed since. */
  | { state: 'forged' }

/** 160 bits of HMAC-SHA256: RFC 2104 section 5 asks for half of the hash at least. */
const MAC_BYTES = 20
const MAC_LETTERS = 27
const FORGED: SignedPage = { state: 'forged' }

/**
 * Signs the address of a page that somebody without an account may open.
 * @param secretKeys of which the current one signs.
 * @param purpose what the page is for. Each has a key of its own, so that a token of one is nothing
 *   to another.
 * @param subject ids that say what it is about: readable by whoever has the address, so no secret.
 * @param expires to the second; later the token is `expired`.
 * @returns content and HMAC-SHA256 in base64url (RFC 4648 section 5), one word without a dot. It
 *   opens the page: never log it, never put it into an event.
 */
export function signPage(
  secretKeys: SecretKeys,
  purpose: string,
  subject: Readonly<Record<string, string>>,
  expires: Date,
): string {
  const sorted = Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1))
  const content = Buffer.from(
    JSON.stringify([Math.floor(expires.getTime() / 1000), Object.fromEntries(sorted)]),
  ).toString('base64url')
  return content + macOf(secretKeys.current, purpose, content).toString('base64url')
}

/**
 * Reads what `signPage` made, with the current key or an earlier one. Nothing of a token is believed
 * before its signature was compared, in constant time.
 * @param token as it came: any text.
 * @param now the time that expiry is compared with.
 */
export function readSignedPage(
  secretKeys: SecretKeys,
  purpose: string,
  token: string,
  now: Date = new Date(),
): SignedPage {
  const content = token.slice(0, -MAC_LETTERS)
  const mac = token.slice(-MAC_LETTERS)
  const given = Buffer.from(mac, 'base64url')
  const isSigned = everyKey(secretKeys).some((key) => {
    const expected = macOf(key, purpose, content)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
  // The text is compared too: base64url decoding overlooks stray characters, and one page should
  // have one address.
  if (!isSigned || given.toString('base64url') !== mac) return FORGED
  const [seconds, subject] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [
    number,
    Record<string, string>,
  ]
  const expires = new Date(seconds * 1000)
  return { state: expires.getTime() > now.getTime() ? 'good' : 'expired', subject, expires }
}

function macOf(secretKey: Uint8Array, purpose: string, content: string): Buffer {
  const key = createHmac('sha256', secretKey)
    .update(`guichet signed page, purpose ${purpose}`)
    .digest()
  return createHmac('sha256', key).update(content).digest().subarray(0, MAC_BYTES)
}
