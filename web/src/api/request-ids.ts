import type { Middleware } from 'openapi-fetch'
import { randomId } from './random-id.ts'

/**
 * Every POST goes under an id of its own. When no answer came, it is not known whether it was done:
 * the same request sent once more goes under the same id, and so is not done twice; another request
 * is another deed.
 */
export const requestIds: Middleware = {
  async onRequest({ request }) {
    if (request.method !== 'POST') return
    const key = await contentOf(request)
    const id = unanswered.get(key) ?? randomId()
    unanswered.set(key, id)
    pending.set(request, key)
    request.headers.set('idempotency-key', id)
  },
  onResponse({ request, response }) {
    const key = pending.get(request)
    if (key !== undefined && !isUncertain(response)) unanswered.delete(key)
  },
}

/** Ids of what was sent and not answered, by what it says. */
const unanswered = new Map<string, string>()
const pending = new WeakMap<Request, string>()

/**
 * After such an answer nobody knows what was done, or the same may be asked again soon: with
 * Retry-After, a conflict says that it is under way.
 */
const isUncertain = ({ status, headers }: Response): boolean =>
  status === 429 || status >= 500 || (status === 409 && headers.has('retry-after'))

const contentOf = async (request: Request): Promise<string> =>
  `${request.url} ${await request.clone().text()}`
