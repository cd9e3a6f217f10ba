import type { TicketSummary } from '../../../domain/tickets/contract.ts'
import { keptCommands } from '../api/kept.svelte.ts'
import { hasEnded } from '../components/vocabulary.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { personText, subjectText } from './naming.ts'
import { dueTime, shortTime } from '../language/times.ts'
import type { TicketFilter } from './queries.ts'

export interface RowProps {
  ticket: TicketSummary
  filter: TicketFilter
  opened: boolean
  at: boolean
  selected: boolean
  selecting: boolean
  height: number
  onselect: (on: boolean, range: boolean) => void
}

/**
 * The requester has the last word and nobody has answered: the row stands out like an unread mail.
 */
export const awaitsUs = (ticket: TicketSummary): boolean =>
  ticket.lastDirection === 'inbound' && !hasEnded(ticket.status) && ticket.status !== 'waiting'

/** Something was asked of it, from here or by anybody, and is not done yet. */
export const isWaiting = ({ number, hasKeptCommands }: TicketSummary): boolean =>
  hasKeptCommands || keptCommands.own.some((one) => one.number === number)

export const requesterName = (ticket: Pick<TicketSummary, 'requester'>): string =>
  personText(ticket.requester)

/** The row as one sentence for screen readers: the link's accessible name. */
export function spoken(ticket: TicketSummary): string {
  const parts = [
    `#${ticket.number}`,
    subjectText(ticket.subject),
    requesterName(ticket),
    t(`status.${ticket.status}`),
    t('priority.of', { name: t(`priority.${ticket.priority}`) }),
    ticket.owner ? t('list.ownedBy', { name: ticket.owner.name }) : t('list.unowned'),
    shortTime(ticket.updatedAt),
    ...(ticket.dueAt ? [t('list.due', { when: dueTime(ticket.dueAt).spoken })] : []),
    ...(awaitsUs(ticket) ? [t('list.awaitsUs')] : []),
    ...(ticket.deliveryTrouble ? [t('list.deliveryTrouble')] : []),
    ...(isWaiting(ticket) ? [t('list.kept')] : []),
  ]
  return listed(parts)
}
