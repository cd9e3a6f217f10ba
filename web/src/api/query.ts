import { queryOptions } from '@tanstack/svelte-query'
import { keyOf, type PathParams } from './cache.ts'
import { type Answer, get, type PathOf } from './client.ts'
import type { paths } from './schema.d.ts'

type Parameters<P extends PathOf<'get'>> = paths[P]['get'] extends { parameters: infer All }
  ? Pick<All, 'path' & keyof All> & Pick<All, 'query' & keyof All>
  : never
/** May be left out where the path has none that it needs. */
type Rest<Given> = Record<never, never> extends Given ? [params?: Given] : [params: Given]

/** A path that answers a list, whole or a page of it. */
type ListPath = {
  [P in PathOf<'get'>]: Answer<P> extends { items: unknown[] } ? P : never
}[PathOf<'get'>]
/** A path that answers a page, from a cursor on. */
type PagedPath = {
  [P in ListPath]: 'cursor' extends keyof QueryOf<paths[P]['get']> ? P : never
}[ListPath]
type QueryOf<Operation> = Operation extends { parameters: { query?: infer Query } }
  ? [NonNullable<Query>] extends [never]
    ? Record<never, never>
    : NonNullable<Query>
  : Record<never, never>
export type Item<P extends ListPath> = Answer<P> extends { items: (infer One)[] } ? One : never

interface Page<One> {
  items: One[]
  next: string | null
}

/** A query for one answer of the API's. */
export function query<P extends PathOf<'get'>>(path: P, ...rest: Rest<Parameters<P>>) {
  const [params = {}] = rest as [PathParams?]
  return queryOptions({
    queryKey: keyOf(path, params),
    queryFn: ({ signal }) => ask<Answer<P>>(path, params, signal),
  })
}

/** A query for a list that is answered whole. */
export function list<P extends Exclude<ListPath, PagedPath>>(
  path: P,
  ...rest: Rest<Parameters<P>>
) {
  const [params = {}] = rest as [PathParams?]
  return queryOptions({
    queryKey: keyOf(path, params),
    queryFn: async ({ signal }) => (await ask<Page<Item<P>>>(path, params, signal)).items,
  })
}

/** A query for all pages of a list that is known to be short enough to show whole. */
export function allPages<P extends PagedPath>(path: P, ...rest: Rest<Parameters<P>>) {
  const [params = {}] = rest as [PathParams?]
  return queryOptions({
    queryKey: keyOf(path, { ...params, query: { ...params.query, cursor: 'all' } }),
    queryFn: async ({ signal }) => {
      const items: Item<P>[] = []
      for (let cursor: string | null | undefined; cursor !== null;) {
        const query = { limit: 200, ...params.query, cursor }
        const page: Page<Item<P>> = await ask(path, { ...params, query }, signal)
        items.push(...page.items)
        cursor = page.next
      }
      return items
    },
  })
}

/** A query for a list that is shown page after page, for `createInfiniteQuery`. */
export function pages<P extends PagedPath>(path: P, ...rest: Rest<Parameters<P>>) {
  const [params = {}] = rest as [PathParams?]
  return {
    queryKey: keyOf(path, { ...params, query: { ...params.query, cursor: 'pages' } }),
    queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) => {
      const query = { limit: 50, ...params.query, cursor: pageParam ?? undefined }
      return ask<Answer<P>>(path, { ...params, query }, signal)
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: Answer<P>) => (last as Page<Item<P>>).next,
  }
}

/** The parameters were checked where the query was written. */
const ask = <Content>(path: PathOf<'get'>, params: object, signal: AbortSignal) =>
  (get as (path: string, options: object) => Promise<unknown>)(path, {
    params,
    signal,
  }) as Promise<Content>
