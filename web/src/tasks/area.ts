import ListChecks from '@lucide/svelte/icons/list-checks'
import { askedByArea } from '../../../domain/asked.ts'
import type { Area } from '../area.ts'
import TasksTab from './TasksTab.svelte'
import { taskEventLabels } from './event-labels.ts'
import { openTasksKey, taskCountQuery, ticketTaskCountQuery, timeKey } from './queries.ts'

export const tasks = {
  routes: {
    '/tasks': () => import('./TasksPage.svelte'),
    '/time': () => import('./TimePage.svelte'),
  },
  events: taskEventLabels,
  tabs: [
    {
      id: 'tasks',
      order: 20,
      label: 'tasks.title',
      count: ticketTaskCountQuery,
      kept: askedByArea.tasks,
      pane: TasksTab,
    },
  ],
  settings: [
    {
      id: 'tasks',
      order: 70,
      icon: ListChecks,
      right: 'settings.manage',
      page: () => import('./TaskTemplates.svelte'),
    },
  ],
  links: [
    {
      group: 'work',
      order: 10,
      href: '/tasks',
      current: ['/tasks', '/time'],
      label: 'tasks.mineTitle',
      icon: ListChecks,
      right: 'ticket.read',
      count: taskCountQuery,
    },
  ],
  changesWithTickets: [openTasksKey, timeKey],
} satisfies Area
