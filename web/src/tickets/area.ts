import Plus from '@lucide/svelte/icons/plus'
import type { Area } from '../area.ts'
import { t } from '../language/language.svelte.ts'
import { navigate } from '../navigation/router.ts'
import TicketsPage from './TicketsPage.svelte'
import { ticketEventLabels } from './event-labels.ts'
import { countsKey, ticketListsKey } from './queries.ts'

export const tickets = {
  routes: {
    '/tickets': TicketsPage,
    '/tickets/new': () => import('./NewTicketPage.svelte'),
    '/tickets/:number': TicketsPage,
  },
  events: ticketEventLabels,
  commands: [
    {
      id: 'new',
      order: 10,
      label: () => t('keyboard.newTicket'),
      icon: Plus,
      right: 'ticket.work',
      shortcut: 'newTicket',
      run: () => navigate('/tickets/new'),
    },
  ],
  changesWithTickets: [ticketListsKey, countsKey],
} satisfies Area
