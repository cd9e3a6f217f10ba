import { describe, expect, it } from 'vitest'
import { cache, invalidate, keyOf } from '../../../web/src/api/cache.ts'
import { allPages, pages } from '../../../web/src/api/query.ts'
import {
  countsQuery,
  ticketKey,
  ticketListQuery,
  ticketListsKey,
  ticketQuery,
  waitingCountQuery,
  countsKey,
} from '../../../web/src/tickets/queries.ts'
import { fakeApi } from '../support/fake-api.ts'

const isStale = (queryKey: readonly unknown[]) => cache.getQueryState(queryKey)?.isInvalidated
const notes = (number: number) => keyOf('/tickets/{number}/notes', { path: { number } })

describe('what is cached', () => {
  it('is named by its path and query', () => {
    expect(keyOf('/tickets/{number}/notes', { path: { number: 7 }, query: { limit: 5 } })).toEqual([
      'tickets',
      '7',
      'notes',
      { limit: 5 },
    ])
  })
  it('of one ticket is stale with it, of others and of lists is not', async () => {
    const list = ticketListQuery({ view: 'open' }).queryKey
    for (const key of [ticketQuery(7).queryKey, notes(7), notes(70), list])
      cache.setQueryData(key, {})
    await invalidate(ticketKey(7))
    expect([ticketQuery(7).queryKey, notes(7), notes(70), list].map(isStale)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
  it('of all lists of tickets is stale at once, the tickets themselves and the counts are not', async () => {
    const lists = [ticketListQuery({ view: 'open' }), ticketListQuery({ q: 'vpn' })]
    const others = [ticketQuery(7).queryKey, countsQuery().queryKey]
    for (const { queryKey } of lists) cache.setQueryData(queryKey, { pages: [], pageParams: [] })
    for (const queryKey of others) cache.setQueryData<object>(queryKey, {})
    await invalidate(ticketListsKey)
    expect(lists.map(({ queryKey }) => isStale(queryKey))).toEqual([true, true])
    expect(others.map(isStale)).toEqual([false, false])
  })
  it('of counts holds the waiting ones too', async () => {
    cache.setQueryData(waitingCountQuery().queryKey, { total: 3 })
    await invalidate(countsKey)
    expect(isStale(waitingCountQuery().queryKey)).toBe(true)
  })
})

describe('a list in pages', () => {
  const twoPages = () =>
    fakeApi({
      'GET /tickets/7/messages?limit=200': { body: { items: [1, 2], next: 'c2' } },
      'GET /tickets/7/messages?limit=200&cursor=c2': { body: { items: [3], next: null } },
      'GET /outbox?limit=50': { body: { items: ['a'], next: 'c2' } },
      'GET /outbox?limit=50&cursor=c2': { body: { items: ['b'], next: null } },
    })
  it('is read to its end where it is shown whole', async () => {
    twoPages()
    const query = allPages('/tickets/{number}/messages', { path: { number: 7 } })
    expect(await cache.fetchQuery(query)).toEqual([1, 2, 3])
  })
  it('is read a page at a time where it is long', async () => {
    twoPages()
    expect((await cache.fetchInfiniteQuery(pages('/outbox'))).pages).toHaveLength(1)
    cache.clear()
    const both = await cache.fetchInfiniteQuery({ ...pages('/outbox'), pages: 2 })
    expect(both.pages.map(({ items }) => items)).toEqual([['a'], ['b']])
  })
})
