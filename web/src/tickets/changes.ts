import type { InfiniteData } from '@tanstack/svelte-query'
import type { TicketChange, TicketDetail, TicketSummary } from '../../../domain/tickets/contract.ts'
import { cache, invalidate } from '../api/cache.ts'
import { patch } from '../api/client.ts'
import { ApiError, isKept } from '../api/problem.ts'
import { complain, say } from '../components/toasts.ts'
import { askForFields } from './missing-fields.svelte.ts'
import { countsKey, ticketKey, ticketListsKey, type TicketPage, ticketQuery } from './queries.ts'
import { askOverrideReason, isOverridable } from './resolving.svelte.ts'

/**
 * Changes a ticket: shown at once here and in the lists, then as the server answers. A refused
 * change is taken back and explained.
 * @param shown what the change comes to on the page.
 * @param done words for the toast, when the change is not visible by itself.
 */
export async function changeTicket(
  number: number,
  change: TicketChange,
  shown: Partial<TicketDetail>,
  done?: string,
): Promise<boolean> {
  await cache.cancelQueries({ queryKey: ticketQuery(number).queryKey, exact: true })
  const before = cache.getQueryData(ticketQuery(number).queryKey)
  patchTicket(number, shown)
  try {
    const after = await patch('/tickets/{number}', { params: { path: { number } }, body: change })
    if (after && typeof after.number === 'number') patchTicket(number, after)
    if (done) say(done)
    refreshTicket(number)
    return true
  } catch (error) {
    if (isKept(error)) {
      // It will be done: until then the page shows what is, with what will be beside it.
      if (before) patchTicket(number, before)
      complain(error)
      return true
    }
    if (before) patchTicket(number, before)
    refreshTicket(number)
    if (error instanceof ApiError && isOverridable(error.code))
      askOverrideReason({
        number,
        resolve: (overrideReason) =>
          changeTicket(number, { ...change, overrideReason }, shown, done),
      })
    else if (error instanceof ApiError && error.code === 'fields-empty')
      await askForFields(number).catch(complain)
    else complain(error)
    return false
  }
}

const refreshTicket = (number: number): void => void invalidate(ticketKey(number), countsKey)

/** Writes what is known about a ticket into the cache, wherever it is shown. */
export function patchTicket(number: number, known: Partial<TicketDetail>): void {
  cache.setQueryData(ticketQuery(number).queryKey, (ticket) => ticket && { ...ticket, ...known })
  cache.setQueriesData<InfiniteData<TicketPage>>(
    { queryKey: ticketListsKey },
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          items: page.items.map((ticket): TicketSummary =>
            ticket.number === number ? { ...ticket, ...summaryOf(known) } : ticket,
          ),
        })),
      },
  )
}

/** Only what a list shows. */
function summaryOf(known: Partial<TicketDetail>): Partial<TicketSummary> {
  const { subject, status, priority, owner, department, deliveryTrouble, tags, dueAt } = known
  return Object.fromEntries(
    Object.entries({
      subject,
      status,
      priority,
      owner,
      department,
      deliveryTrouble,
      tags,
      dueAt,
    }).filter(([, value]) => value !== undefined),
  )
}

/** What the list knows already is shown until the whole ticket is there. */
export function summaryInLists(number: number): TicketSummary | undefined {
  for (const [, list] of cache.getQueriesData<InfiniteData<TicketPage>>({
    queryKey: ticketListsKey,
  })) {
    const found = list?.pages
      .flatMap((page) => page.items)
      .find((ticket) => ticket.number === number)
    if (found) return found
  }
  return undefined
}
