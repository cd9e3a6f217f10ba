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

/** A POST, as it is the same again: what it says, and under which id. */
export interface IdentifiedPost {
  content: string
  id: string
}

/**
 * The id that a POST will go under, to keep it longer than the page.
 * @param address the whole path.
 */
export function identified(address: string, body: object): IdentifiedPost {
  const content = `${address} ${JSON.stringify(body)}`
  const id = unanswered.get(content) ?? randomId()
  unanswered.set(content, id)
  return { content, id }
}

/** A page before this one saw no answer to it. */
export function sentBefore({ content, id }: IdentifiedPost): void {
  if (!unanswered.has(content)) unanswered.set(content, id)
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

async function contentOf(request: Request): Promise<string> {
  const { pathname, search } = new URL(request.url)
  return `${pathname}${search} ${await request.clone().text()}`
}
