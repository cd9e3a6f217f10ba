import { beforeEach, describe, expect, it } from 'vitest'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { cache } from '../../../web/src/api/cache.ts'
import { changeTicket } from '../../../web/src/tickets/changes.ts'
import { missingFields } from '../../../web/src/tickets/missing-fields.svelte.ts'
import { ticketListQuery, ticketQuery } from '../../../web/src/tickets/queries.ts'
import { resolving } from '../../../web/src/tickets/resolving.svelte.ts'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { summary, ticket } from '../support/tickets.ts'

const list = ticketListQuery({ view: 'open' }).queryKey
const inTicket = () => cache.getQueryData<TicketDetail>(ticketQuery(7).queryKey)?.priority
const inList = () =>
  cache.getQueryData<{ pages: { items: TicketDetail[] }[] }>(list)?.pages[0]?.items[0]?.priority

beforeEach(() => {
  cache.setQueryData(ticketQuery(7).queryKey, ticket as never)
  cache.setQueryData(list, { pages: [{ items: [summary(7)], next: null }], pageParams: [null] })
})

describe('a change of a ticket', () => {
  it('is shown at once in the ticket and in every list, and then as the API answers', async () => {
    let atOnce: unknown[] = []
    fakeApi({
      'PATCH /tickets/7': () => {
        atOnce = [inTicket(), inList()]
        return { body: { ...ticket, priority: 'urgent' } }
      },
    })
    expect(await changeTicket(7, { priority: 'high' }, { priority: 'high' })).toBe(true)
    expect(atOnce).toEqual(['high', 'high'])
    expect([inTicket(), inList()]).toEqual(['urgent', 'urgent'])
  })
  it('that is refused is taken back everywhere', async () => {
    fakeApi({ 'PATCH /tickets/7': problem(409, 'ticket-closed') })
    expect(await changeTicket(7, { priority: 'high' }, { priority: 'high' })).toBe(false)
    expect([inTicket(), inList()]).toEqual(['normal', 'normal'])
  })
  it('that is kept for later is not there yet: the page shows what is, and marks what will be', async () => {
    fakeApi({ 'PATCH /tickets/7': kept })
    expect(await changeTicket(7, { priority: 'high' }, { priority: 'high' })).toBe(true)
    expect([inTicket(), inList()]).toEqual(['normal', 'normal'])
  })
  it('that needs a reason asks for it, and is done with it', async () => {
    fakeApi({
      'PATCH /tickets/7': ({ body }) =>
        (body as { overrideReason?: string }).overrideReason
          ? { body: { ...ticket, status: 'solved' } }
          : problem(409, 'blockers-open'),
    })
    expect(await changeTicket(7, { status: 'solved' }, { status: 'solved' })).toBe(false)
    expect(await resolving.refused?.resolve('It is not needed any more.')).toBe(true)
    resolving.forget()
  })
  it('for which fields are missing marks them on the ticket, also at a second attempt', async () => {
    fakeApi({
      'PATCH /tickets/7': problem(409, 'fields-empty'),
      'GET /tickets/7/fields': whole([{ id: 'f1', name: 'Serial', missing: true }]),
    })
    await changeTicket(7, { status: 'solved' }, { status: 'solved' })
    const first = missingFields.asked
    expect(first).toEqual({ number: 7 })
    await changeTicket(7, { status: 'solved' }, { status: 'solved' })
    expect(missingFields.asked).not.toBe(first)
  })
})
