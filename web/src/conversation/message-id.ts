import { isPassing } from '../api/problem.ts'

/** Ids of what was sent and not answered, by what it says. */
const unanswered = new Map<string, string>()

/**
 * Sends something under an id of its own. When no answer came, it is not known whether it was done:
 * the same words sent once more go under the same id, and so are not doubled; other words are
 * another message.
 */
export async function underOneId<T>(words: object, send: (id: string) => Promise<T>): Promise<T> {
  const key = JSON.stringify(words)
  const id = unanswered.get(key) ?? newId()
  try {
    const done = await send(id)
    unanswered.delete(key)
    return done
  } catch (error) {
    if (isPassing(error)) unanswered.set(key, id)
    else unanswered.delete(key)
    throw error
  }
}

/**
 * A random UUID (RFC 9562 section 5.4). crypto.randomUUID is there over HTTPS alone, and Guichet
 * may be reached over HTTP in a house's network.
 */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
