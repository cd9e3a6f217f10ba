import { createHash } from 'node:crypto'

/**
 * An id that follows from a name: the same name has the same id wherever and however often it is
 * asked for.
 * @returns a UUID of version 8 (RFC 9562 section 5.8) from the name's SHA-256.
 */
export function derivedId(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
