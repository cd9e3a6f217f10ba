import { vi } from 'vitest'
import type { Kept } from '../../../domain/contract.ts'

export interface Asked {
  method: string
  /** Below /api/v1, with its query. */
  path: string
  body: unknown
  headers: Headers
}
type Answer = { status?: number; body?: unknown } | 'no answer'
type Answers = Record<string, Answer | ((asked: Asked) => Answer | Promise<Answer>)>

/**
 * Stands for the API: answers by method and path, and remembers what was asked.
 * @param answers by `GET /tickets/7`; a path without its query answers for each of them. What is
 *   not named is 404.
 */
export function fakeApi(answers: Answers): { asked: Asked[]; of: (name: string) => Asked[] } {
  const asked: Asked[] = []
  vi.stubGlobal('fetch', async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const text = await request.text()
    const one: Asked = {
      method: request.method,
      path: `${url.pathname.replace('/api/v1', '')}${url.search}`,
      body: text === '' ? undefined : JSON.parse(text),
      headers: request.headers,
    }
    asked.push(one)
    const known =
      answers[`${one.method} ${one.path}`] ?? answers[`${one.method} ${one.path.split('?')[0]}`]
    const answer = typeof known === 'function' ? await known(one) : known
    if (answer === 'no answer') throw new TypeError('Failed to fetch')
    const { status = 200, body } = answer ?? problem(404, 'not-found')
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    })
  })
  return {
    asked,
    of: (name) => asked.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === name),
  }
}

export const problem = (
  status: number,
  code: string,
  detail = code,
  errors: { pointer: string; message: string }[] = [],
) => ({ status, body: { type: 'about:blank', title: code, status, code, detail, errors } })

/** A refusal that names what it is about. */
export const refused = (code: string, values: object, pointer?: string) => ({
  status: 409,
  body: {
    ...problem(409, code, 'In English.', pointer ? [{ pointer, message: 'In English.' }] : []).body,
    values,
  },
})

/** A list that is whole. */
export const whole = (items: unknown[]) => ({ body: { items, next: null, total: items.length } })

/** No worker is there: what was asked is kept, and will be done. */
export const kept = {
  status: 202,
  body: {
    accepted: true,
    code: 'command-kept',
    detail: 'Kept.',
    ticketNumber: 7,
    commandId: 'c',
  },
} satisfies { status: number; body: Kept }
