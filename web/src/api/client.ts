import { ApiError } from './problem.ts'

const base = '/api/v1'

type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>

interface Request {
  query?: Query
  body?: unknown
  signal?: AbortSignal
}

let whenSignedOut: () => void = () => {}
/** What happens when the session has ended (401): the navigation asks to sign in and comes back. */
export function onSignedOut(run: () => void): void {
  whenSignedOut = run
}

/**
 * One request to the API.
 * @typeParam T the answer's type, from domain/contract.
 * @throws ApiError on every answer but success.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  { query, body, signal }: Request = {},
): Promise<T> {
  const answer = await answerOf(`${base}${path}${queryString(query)}`, {
    method,
    signal: signal ?? null,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw await errorOf(answer, path)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

async function answerOf(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError({ status: 0, code: 'no-answer', detail: '' })
  }
}

async function errorOf(answer: Response, path: string): Promise<ApiError> {
  if (answer.status === 401 && path !== '/session' && path !== '/me') whenSignedOut()
  return problemOf(answer.status, await answer.text().catch(() => ''))
}

/** Also for uploads, which go by XMLHttpRequest for their progress. */
export function problemOf(status: number, text: string): ApiError {
  try {
    const problem = JSON.parse(text) as { status: number; code: string; detail: string }
    if (typeof problem.code === 'string') return new ApiError(problem)
  } catch {
    /* not ours: a proxy's page, or nothing */
  }
  return new ApiError({
    status,
    code: status >= 500 ? 'server-trouble' : `http-${status}`,
    detail: '',
  })
}

function queryString(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === ''
      ? []
      : (Array.isArray(value) ? value : [value]).map((one): [string, string] => [
          name,
          String(one),
        ]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

export interface Page<T> {
  items: T[]
  next: string | null
}

/** All pages of a list that is known to be short enough to show whole. */
export async function allPages<T>(
  path: string,
  query: Query = {},
  signal?: AbortSignal,
): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> | T[] = await request('GET', path, {
      query: { limit: 200, ...query, cursor },
      ...(signal ? { signal } : {}),
    })
    if (Array.isArray(page)) return page
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return items
}
