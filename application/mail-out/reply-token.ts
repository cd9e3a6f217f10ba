import { createHmac, timingSafeEqual } from 'node:crypto'
import { everyKey, type SecretKeys } from '../../platform/secrets/secret-keys.ts'

/** 80 bits: sixteen letters. Guessing one takes more mails than any receiver would ever accept. */
const tokenBytes = 10
const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * The secret part of a ticket's reply address: HMAC-SHA256 (RFC 2104) over the ticket's number,
 * truncated, in base 32 (RFC 4648).
 * @param secretKeys of which the current one signs; the same key always gives the same token, so an
 *   address stays good for years.
 */
export const replyToken = ({ current }: SecretKeys, ticketNumber: number): string =>
  tokenOf(current, ticketNumber)

function tokenOf(key: Uint8Array, ticketNumber: number): string {
  const mac = createHmac('sha256', key)
    .update(`guichet reply address, ticket ${ticketNumber}`)
    .digest()
  return base32(mac.subarray(0, tokenBytes))
}

/**
 * @returns whether the token is this ticket's, by the current key or an earlier one; compared in
 *   constant time. Case does not matter.
 */
export function verifyReplyToken(
  secretKeys: SecretKeys,
  ticketNumber: number,
  token: string,
): boolean {
  const given = Buffer.from(token.toLowerCase())
  return everyKey(secretKeys).some((key) => {
    const expected = Buffer.from(tokenOf(key, ticketNumber))
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
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
