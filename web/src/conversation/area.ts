import BookOpen from '@lucide/svelte/icons/book-open-text'
import Send from '@lucide/svelte/icons/send'
import { askedByArea } from '../../../domain/asked.ts'
import type { Area } from '../area.ts'
import { t } from '../language/language.svelte.ts'
import { navigate } from '../navigation/router.ts'
import ConversationTab from './ConversationTab.svelte'
import { conversationEventLabels } from './event-labels.ts'
import { outboxQuery } from './queries.ts'

export const conversation = {
  routes: { '/outbox': () => import('./OutboxPage.svelte') },
  events: conversationEventLabels,
  tabs: [
    {
      id: 'conversation',
      order: 10,
      label: 'ticket.conversation',
      kept: ['openTicket', ...askedByArea.conversation, 'notifyChildren'],
      pane: ConversationTab,
    },
  ],
  settings: [
    {
      id: 'templates',
      order: 60,
      icon: BookOpen,
      right: 'settings.manage',
      page: () => import('./Templates.svelte'),
    },
  ],
  links: [
    {
      group: 'mail',
      order: 20,
      href: '/outbox',
      label: 'outbox.title',
      icon: Send,
      right: 'outbox.read',
    },
  ],
  commands: [
    {
      id: 'outbox',
      order: 20,
      label: () => t('palette.goTo', { destination: t('outbox.title') }),
      icon: Send,
      right: 'outbox.read',
      run: () => navigate('/outbox'),
    },
  ],
  changesWithTickets: [outboxQuery().queryKey],
} satisfies Area
