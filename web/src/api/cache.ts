import { QueryClient, type QueryKey } from '@tanstack/svelte-query'
import type { PathOf } from './client.ts'
import { isPassing } from './problem.ts'

/**
 * The cache behind every page. The stream says when something is stale, so that nothing is asked
 * for again on a whim.
 */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && isPassing(error),
    },
    mutations: { retry: false },
  },
})

/** The values of a path and of its query. */
export interface PathParams {
  path?: Readonly<Record<string, string | number>> | undefined
  query?: Readonly<Record<string, unknown>> | undefined
}

/**
 * The name of what is cached of a path: its parts, and its query last.
 * @example `keyOf('/tickets/{number}/notes', { path: { number: 7 } })` is `['tickets', '7', 'notes', {}]`
 */
export const keyOf = (
  path: PathOf<'get'>,
  { path: values, query = {} }: PathParams = {},
): QueryKey => [
  ...partsOf(path, values),
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
]

/**
 * The name of all that lies at a path and below it, in which every such key begins.
 * @example `below('/tickets/{number}', { number: 7 })` is `['tickets', '7']`
 */
export const below = (path: PathOf<'get'>, values?: PathParams['path']): QueryKey =>
  partsOf(path, values)

const partsOf = (path: string, values: PathParams['path'] = {}): string[] =>
  path
    .slice(1)
    .split('/')
    .map((part) => (part.startsWith('{') ? String(values[part.slice(1, -1)]) : part))

/** What is cached under these names is asked for anew. */
export async function invalidate(...keys: readonly QueryKey[]): Promise<void> {
  await Promise.all(keys.map((queryKey) => cache.invalidateQueries({ queryKey })))
}
