import { createHmac, timingSafeEqual } from 'node:crypto'

/** 80 bits: sixteen letters. Guessing one takes more mails than any receiver would ever accept. */
const tokenBytes = 10
const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * The secret part of a ticket's reply address: HMAC-SHA256 (RFC 2104) over the ticket's number,
 * truncated, in base 32 (RFC 4648).
 * @param key from SECRET_KEY; the same key always gives the same token, so an address stays good
 *   for years.
 */
export function replyToken(key: string | Uint8Array, ticketNumber: number): string {
  const mac = createHmac('sha256', key)
    .update(`guichet reply address, ticket ${ticketNumber}`)
    .digest()
  return base32(mac.subarray(0, tokenBytes))
}

/** @returns whether the token is this ticket's; compared in constant time. Case does not matter. */
export function verifyReplyToken(
  key: string | Uint8Array,
  ticketNumber: number,
  token: string,
): boolean {
  const expected = Buffer.from(replyToken(key, ticketNumber))
  const given = Buffer.from(token.toLowerCase())
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += letters.charAt((value >> (bits - 5)) & 31)
    value &= (1 << bits) - 1
  }
  return text
}
