import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import type {
  CategoryRef,
  DepartmentRef,
  Person,
  Priority,
  Resolution,
  TicketStatus,
} from '../../../domain/vocabulary.ts'
import { invalidate } from '../api/cache.ts'
import { del, post } from '../api/client.ts'
import { isKept } from '../api/problem.ts'
import { complain } from '../components/toasts.ts'
import { t } from '../language/language.svelte.ts'
import { changeTicket, patchTicket } from './changes.ts'
import { countsKey, ticketKey } from './queries.ts'

type Known = Pick<TicketDetail, 'number' | 'status' | 'owner'>

/** What an agent does to a ticket, for buttons, shortcuts and the palette alike. */
export const setStatus = (ticket: Known, status: TicketStatus): Promise<boolean> | undefined =>
  status === ticket.status
    ? undefined
    : changeTicket(
        ticket.number,
        { status },
        { status },
        status === 'solved' ? t('ticket.solved', { number: ticket.number }) : undefined,
      )

export const setPriority = (ticket: Known, priority: Priority): Promise<boolean> =>
  changeTicket(ticket.number, { priority }, { priority })

export function assign(ticket: Known, to: Person | null): Promise<boolean> | undefined {
  const owner = to && { id: to.id, name: to.name, email: to.email }
  return owner?.id === ticket.owner?.id
    ? undefined
    : changeTicket(
        ticket.number,
        { ownerId: owner?.id ?? null },
        { owner },
        owner ? t('ticket.assigned', { name: owner.name }) : t('ticket.unassigned'),
      )
}

export const setSubject = (ticket: Known, subject: string): Promise<boolean> =>
  changeTicket(ticket.number, { subject }, { subject })
export const setResolution = (ticket: Known, resolution: Resolution | null): Promise<boolean> =>
  changeTicket(ticket.number, { resolution }, { resolution })
export const setCategory = (ticket: Known, category: CategoryRef | null): Promise<boolean> =>
  changeTicket(ticket.number, { categoryId: category?.id ?? null }, { category })
export const setDepartment = (ticket: Known, department: DepartmentRef): Promise<boolean> =>
  changeTicket(ticket.number, { departmentId: department.id }, { department })

/** Adds or removes a watcher; shown at once. */
export async function setWatching(
  ticket: Pick<TicketDetail, 'number' | 'watchers'>,
  who: Person,
  on: boolean,
): Promise<void> {
  const person = { id: who.id, name: who.name, email: who.email }
  const others = ticket.watchers.filter((watcher) => watcher.id !== who.id)
  patchTicket(ticket.number, { watchers: on ? [...others, person] : others })
  try {
    await (on
      ? post('/tickets/{number}/watchers', {
          params: { path: { number: ticket.number } },
          body: { userId: who.id },
        })
      : del('/tickets/{number}/watchers/{userId}', {
          params: { path: { number: ticket.number, userId: who.id } },
        }))
  } catch (error) {
    complain(error)
    // It will be done, and stays shown: the stream tells when it is.
    if (isKept(error)) return
  }
  void invalidate(ticketKey(ticket.number))
  void invalidate(countsKey)
}
