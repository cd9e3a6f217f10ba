import createClient, { type FetchOptions, type Middleware } from 'openapi-fetch'
import { keptCommands } from './kept.svelte.ts'
import { onItsWay } from './on-its-way.ts'
import { ApiError, problemOf } from './problem.ts'
import { requestIds } from './request-ids.ts'
import type { components, paths } from './schema.d.ts'

/** A type of the API's, by its name in the description. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** The paths that answer to a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never
}[keyof paths]
/** What a path needs to be asked: parameters and body. */
type Options<P extends PathOf<M>, M extends Method> = FetchOptions<paths[P][M]>
/** May be left out where the path needs nothing. */
type Rest<Given> = Record<never, never> extends Given ? [options?: Given] : [options: Given]

/** What a path answers when it did what was asked; what is kept (202) is thrown. */
export type Answer<P extends PathOf<M>, M extends Method = 'get'> = paths[P][M] extends {
  responses: infer All
}
  ? ContentOf<All[Extract<keyof All, 200 | 201 | 204>]>
  : never
type ContentOf<Response> = Response extends { content: { 'application/json': infer Content } }
  ? Content
  : undefined

/** Where the API is. */
export const base = '/api/v1'

/** Longer than anything may take that the API does while somebody waits. */
const TIMEOUT_MS = 60_000

let whenSignedOut: () => void = () => {}
/**
 * What happens when the session has ended (401): the navigation asks to sign in and comes back.
 * @returns how to put back what happened before.
 */
export function onSignedOut(run: () => void): () => void {
  const before = whenSignedOut
  whenSignedOut = run
  return () => {
    whenSignedOut = before
  }
}

/** Turns every answer but success into an ApiError, and so does no answer at all. */
const problems: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) {
      // Kept and not done yet: there is no answer to show of it.
      const problem = response.status === 202 ? problemOf(202, await response.clone().text()) : null
      if (problem?.kept) throw problem
      return
    }
    if (response.status === 401 && schemaPath !== '/session' && schemaPath !== '/me')
      whenSignedOut()
    throw problemOf(response.status, await response.text().catch(() => ''))
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error
    return new ApiError({ status: 0, code: 'no-answer', detail: '' })
  },
}

/** A path with its values, below the API's own address. */
export const addressOf = (path: string, values: object = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, unknown>)[name] ?? '')),
  )

/** A parameter that holds nothing is left out, as in the page's own address. */
export const queryString = (query: object): string =>
  new URLSearchParams(
    Object.entries(query as Record<string, unknown>).flatMap(([name, value]) =>
      value === null || value === undefined || value === ''
        ? []
        : [value].flat().map((one): [string, string] => [name, String(one)]),
    ),
  ).toString()

const client = createClient<paths>({
  baseUrl: base,
  headers: { accept: 'application/json' },
  querySerializer: queryString,
  fetch: (request) =>
    fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) }),
})
client.use(problems, requestIds)

/**
 * A request by its method, checked against the API's description.
 * @returns the answer's content.
 * @throws ApiError on every answer but success; `isKept` when it will be done later.
 */
const by =
  <M extends Method>(method: M) =>
  async <P extends PathOf<M>>(path: P, ...rest: Rest<Options<P, M>>): Promise<Answer<P, M>> => {
    // The types above are the client's own; it only hands the options on.
    const send = client.request as (
      method: Method,
      path: P,
      options?: object,
    ) => Promise<{ data?: unknown }>
    try {
      const answered = send(method, path, rest[0])
      return (await (method === 'get' ? answered : onItsWay(answered))).data as Answer<P, M>
    } catch (error) {
      if (error instanceof ApiError && error.kept) {
        const { params, body } = (rest[0] ?? {}) as { params?: { path?: object }; body?: object }
        const address = addressOf(path, params?.path)
        keptCommands.add(error.kept, { method, address, fields: Object.keys(body ?? {}) })
      }
      throw error
    }
  }

export const get = by('get')
export const post = by('post')
export const put = by('put')
export const patch = by('patch')
export const del = by('delete')
