import { randomUUID } from 'node:crypto'

let lastMs = 0
let sequence = 0

/**
 * A UUID of version 7 (RFC 9562 section 5.7): sorts by time, and within one process by the order of
 * the calls, also inside one millisecond.
 * @param now milliseconds since 1970.
 */
export function timeOrderedId(now = Date.now()): string {
  // 12 bits of counter stand where the standard allows it (method 1 of section 6.2); when they are
  // used up the clock is lent a millisecond.
  if (now > lastMs) {
    lastMs = now
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastMs++
    sequence = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const counter = (0x7000 | sequence).toString(16)
  // Variant and 62 random bits are the same in version 4, which Node makes from a pool of random
  // bytes.
  return `${time.slice(0, 8)}-${time.slice(8)}-${counter}-${randomUUID().slice(19)}`
}
