import { isPassing } from '../api/problem.ts'
import { randomId } from '../api/random-id.ts'

/** Ids of what was sent and not answered, by what it says. */
const unanswered = new Map<string, string>()

/**
 * Sends something under an id of its own. When no answer came, it is not known whether it was done:
 * the same words sent once more go under the same id, and so are not doubled; other words are
 * another message.
 */
export async function underOneId<T>(words: object, send: (id: string) => Promise<T>): Promise<T> {
  const key = JSON.stringify(words)
  const id = unanswered.get(key) ?? randomId()
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
