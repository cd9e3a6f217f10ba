import CircleCheckBig from '@lucide/svelte/icons/circle-check-big'
import { askedByArea } from '../../../domain/asked.ts'
import type { Area } from '../area.ts'
import ApprovalsTab from './ApprovalsTab.svelte'
import { approvalEventLabels } from './event-labels.ts'
import { approvalCountQuery, myApprovalsKey, ticketApprovalCountQuery } from './queries.ts'

export const approvals = {
  routes: {
    '/approvals': () => import('./ApprovalsPage.svelte'),
    '/approve/:token': () => import('./LinkPage.svelte'),
  },
  open: ['/approve/'],
  events: approvalEventLabels,
  tabs: [
    {
      id: 'approvals',
      order: 30,
      label: 'ticket.approvals',
      count: ticketApprovalCountQuery,
      kept: [...askedByArea.approvals, ...askedByArea.purchases],
      pane: ApprovalsTab,
    },
  ],
  settings: [
    {
      id: 'approvals',
      order: 80,
      icon: CircleCheckBig,
      right: 'settings.manage',
      page: () => import('./ApprovalSettings.svelte'),
    },
  ],
  links: [
    {
      group: 'work',
      order: 20,
      href: '/approvals',
      label: 'approvals.title',
      icon: CircleCheckBig,
      right: 'approval.decide',
      count: approvalCountQuery,
    },
  ],
  changesWithTickets: [myApprovalsKey],
} satisfies Area
