import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { invalidate } from '../api/cache.ts'
import { del, put } from '../api/client.ts'
import { attempt, say } from '../components/toasts.ts'
import { t } from '../language/language.svelte.ts'
import { momentTime } from '../language/times.ts'
import { countsKey, ticketKey, ticketListsKey } from '../tickets/queries.ts'

/** @param until ISO time; null: until somebody answers. */
export async function snooze(
  ticket: Pick<TicketDetail, 'number'>,
  until: string | null,
): Promise<boolean> {
  const done = await attempt(() =>
    put('/tickets/{number}/snooze', {
      params: { path: { number: ticket.number } },
      body: { until },
    }),
  )
  if (done)
    say(until ? t('sla.snooze.doneUntil', { when: momentTime(until) }) : t('sla.snooze.done'))
  refresh(ticket.number)
  return done
}

export async function endSnooze(ticket: Pick<TicketDetail, 'number'>): Promise<void> {
  await attempt(() =>
    del('/tickets/{number}/snooze', { params: { path: { number: ticket.number } } }),
  )
  refresh(ticket.number)
}

function refresh(number: number): void {
  void invalidate(ticketKey(number))
  void invalidate(countsKey)
  void invalidate(ticketListsKey)
}

const at = (day: Date, hour: number): Date =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour)
const daysOn = (from: Date, days: number): Date =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days)

/** The times that are offered, by the reader's own clock. */
export function snoozeTimes(now: Date): { id: 'later' | 'tomorrow' | 'nextWeek'; at: Date }[] {
  const monday = daysOn(now, (8 - now.getDay()) % 7 || 7)
  return [
    { id: 'later', at: new Date(now.getTime() + 3 * 3_600_000) },
    { id: 'tomorrow', at: at(daysOn(now, 1), 8) },
    { id: 'nextWeek', at: at(monday, 8) },
  ]
}
