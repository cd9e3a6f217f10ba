import type { ReportName } from '../../../domain/reports/contract.ts'
import {
  createInfiniteQuery,
  createQuery,
  keepPreviousData,
  QueryClient,
} from '@tanstack/svelte-query'
import type { TaskViewName } from '../../../domain/tasks/contract.ts'
import type { TotalsBy } from '../../../domain/tasks/time-contract.ts'
import { approvals, type ApprovalView, type PurchaseFilter, purchases } from './approvals.ts'
import { classification } from './classification.ts'
import { merging } from './merging.ts'
import { notifications } from './notifications.ts'
import { people } from './people.ts'
import { isPassing } from './problem.ts'
import { type ReportQuestion, reports } from './reports.ts'
import { slaApi } from './sla.ts'
import { settings } from './settings.ts'
import { tasks, type TimeFilter } from './tasks.ts'
import { type TicketFilter, tickets } from './tickets.ts'

/**
 * The cache behind every page. The stream says when something is stale, so that nothing is asked
 * for again on a whim.
 */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && isPassing(error),
    },
    mutations: { retry: false },
  },
})

/** The names of all cached things. */
export const keys = {
  me: ['me'] as const,
  lists: ['tickets'] as const,
  list: (filter: TicketFilter) => ['tickets', filter] as const,
  counts: ['counts'] as const,
  waiting: ['counts', 'waiting'] as const,
  ticket: (number: number) => ['ticket', number] as const,
  messages: (number: number) => ['ticket', number, 'messages'] as const,
  notes: (number: number) => ['ticket', number, 'notes'] as const,
  tasks: (number: number) => ['ticket', number, 'tasks'] as const,
  time: (number: number, taskId: string | null) => ['ticket', number, 'time', taskId] as const,
  events: (number: number) => ['ticket', number, 'events'] as const,
  approvals: (number: number) => ['ticket', number, 'approvals'] as const,
  purchases: (number: number) => ['ticket', number, 'purchases'] as const,
  myApprovals: ['approvals'] as const,
  allPurchases: ['purchases'] as const,
  approvalCount: ['approvals', 'count'] as const,
  approvalRules: ['approval-rules'] as const,
  ticketApprovalRules: ['ticket-approval-rules'] as const,
  notificationLevel: (number: number) => ['ticket', number, 'notificationLevel'] as const,
  sla: (number: number) => ['ticket', number, 'sla'] as const,
  ticketFields: (number: number) => ['ticket', number, 'fields'] as const,
  tags: ['tags'] as const,
  fields: ['fields'] as const,
  calendars: ['calendars'] as const,
  levels: ['levels'] as const,
  priorities: ['priorities'] as const,
  statusNames: ['status-names'] as const,
  resolutions: ['resolutions'] as const,
  departmentWaiting: (department: string) => ['waiting', department] as const,
  asOf: (number: number, version: number) => ['as-of', number, version] as const,
  report: (name: ReportName, question: ReportQuestion) => ['report', name, question] as const,
  users: ['users'] as const,
  departments: ['departments'] as const,
  mailboxes: ['mailboxes'] as const,
  sender: (department: string) => ['sender', department] as const,
  categories: ['categories'] as const,
  templates: ['templates'] as const,
  tokens: ['tokens'] as const,
  quarantine: ['quarantine'] as const,
  outbox: ['outbox'] as const,
  openTasks: ['tasks'] as const,
  taskTemplates: ['task-templates'] as const,
  allTime: ['time'] as const,
  notifications: ['notifications'] as const,
  notificationCount: ['notifications', 'count'] as const,
}

export const meQuery = () =>
  createQuery(() => ({ queryKey: keys.me, queryFn: people.me, staleTime: Infinity }))
export const usersQuery = () =>
  createQuery(() => ({ queryKey: keys.users, queryFn: () => people.list(), staleTime: 5 * 60_000 }))
/** Those who may own a ticket of the department. */
export const ownersQuery = (department: () => string) =>
  createQuery(() => ({
    queryKey: [...keys.users, department()],
    queryFn: () => people.list(department()),
    staleTime: 5 * 60_000,
  }))
export const departmentsQuery = (enabled: () => boolean = () => true) =>
  createQuery(() => ({
    queryKey: keys.departments,
    queryFn: settings.departments,
    staleTime: 5 * 60_000,
    enabled: enabled(),
  }))
export const categoriesQuery = () =>
  createQuery(() => ({
    queryKey: keys.categories,
    queryFn: settings.categories,
    staleTime: 5 * 60_000,
  }))
export const templatesQuery = () =>
  createQuery(() => ({
    queryKey: keys.templates,
    queryFn: settings.templates,
    staleTime: 5 * 60_000,
  }))
export const mailboxesQuery = () =>
  createQuery(() => ({
    queryKey: keys.mailboxes,
    queryFn: settings.mailboxes,
    refetchInterval: 15_000,
  }))
export const senderQuery = (department: () => string) =>
  createQuery(() => ({
    queryKey: keys.sender(department()),
    queryFn: () => settings.sender(department()),
    enabled: department() !== '',
  }))
export const tokensQuery = () =>
  createQuery(() => ({ queryKey: keys.tokens, queryFn: people.tokens }))

export const countsQuery = (enabled: () => boolean) =>
  createQuery(() => ({ queryKey: keys.counts, queryFn: tickets.counts, enabled: enabled() }))
/** Waiting is a status and no view of the API's: its count is the total of that filter. */
export const waitingCountQuery = (enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: keys.waiting,
    queryFn: async () => (await tickets.list({ status: ['waiting'] }, null, undefined, 1)).total,
    enabled: enabled(),
  }))

export const ticketListQuery = (filter: () => TicketFilter) =>
  createInfiniteQuery(() => ({
    queryKey: keys.list(filter()),
    queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) =>
      tickets.list(filter(), pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))

export const ticketQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.ticket(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => tickets.one(number(), signal),
  }))
export const messagesQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.messages(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => tickets.messages(number(), signal),
  }))
export const notesQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.notes(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => tickets.notes(number(), signal),
  }))
export const eventsQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.events(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => tickets.events(number(), signal),
  }))
/** What a ticket was never changes. */
export const asOfQuery = (number: () => number, version: () => number) =>
  createQuery(() => ({
    queryKey: keys.asOf(number(), version()),
    queryFn: ({ signal }: { signal: AbortSignal }) => merging.asOf(number(), version(), signal),
    staleTime: Infinity,
  }))
export const reportQuery = (name: () => ReportName, question: () => ReportQuestion) =>
  createQuery(() => ({
    queryKey: keys.report(name(), question()),
    queryFn: ({ signal }: { signal: AbortSignal }) => reports.one(name(), question(), signal),
    placeholderData: keepPreviousData,
  }))

export const slaQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.sla(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => slaApi.ofTicket(number(), signal),
  }))
export const ticketFieldsQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.ticketFields(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => slaApi.fieldsOf(number(), signal),
  }))
export const tagsQuery = () => createQuery(() => ({ queryKey: keys.tags, queryFn: slaApi.tags }))
export const fieldsQuery = () =>
  createQuery(() => ({ queryKey: keys.fields, queryFn: slaApi.fields, staleTime: 5 * 60_000 }))
export const calendarsQuery = () =>
  createQuery(() => ({
    queryKey: keys.calendars,
    queryFn: slaApi.calendars,
    staleTime: 5 * 60_000,
  }))
export const levelsQuery = () =>
  createQuery(() => ({ queryKey: keys.levels, queryFn: slaApi.levels, staleTime: 5 * 60_000 }))
export const prioritiesQuery = () =>
  createQuery(() => ({
    queryKey: keys.priorities,
    queryFn: slaApi.priorities,
    staleTime: 5 * 60_000,
  }))
export const departmentWaitingQuery = (department: () => string) =>
  createQuery(() => ({
    queryKey: keys.departmentWaiting(department()),
    queryFn: () => slaApi.waiting(department()),
  }))

/** The stream tells nothing of settings: a new name arrives within minutes. */
const SETTINGS_AGE_MS = 5 * 60_000
export const statusNamesQuery = () =>
  createQuery(() => ({
    queryKey: keys.statusNames,
    queryFn: classification.statusNames,
    staleTime: SETTINGS_AGE_MS,
    refetchInterval: SETTINGS_AGE_MS,
  }))
export const resolutionsQuery = (enabled: () => boolean = () => true) =>
  createQuery(() => ({
    queryKey: keys.resolutions,
    queryFn: classification.resolutions,
    staleTime: SETTINGS_AGE_MS,
    refetchInterval: SETTINGS_AGE_MS,
    enabled: enabled(),
  }))

export const outboxQuery = () =>
  createInfiniteQuery(() => ({
    queryKey: keys.outbox,
    queryFn: ({ pageParam }: { pageParam: string | null }) => tickets.outbox(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))
export const quarantineQuery = (enabled: () => boolean = () => true) =>
  createInfiniteQuery(() => ({
    queryKey: keys.quarantine,
    queryFn: ({ pageParam }: { pageParam: string | null }) => tickets.quarantine(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
    enabled: enabled(),
  }))

export const notificationCountQuery = () =>
  createQuery(() => ({ queryKey: keys.notificationCount, queryFn: notifications.count }))
export const notificationLevelQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.notificationLevel(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      notifications.notificationLevel(number(), signal),
  }))
export const notificationsQuery = () =>
  createInfiniteQuery(() => ({
    queryKey: [...keys.notifications, 'list'],
    queryFn: ({ pageParam }: { pageParam: string | null }) => notifications.list(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))

export const tasksQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.tasks(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => tasks.ofTicket(number(), signal),
  }))
export const openTasksQuery = (view: () => TaskViewName) =>
  createInfiniteQuery(() => ({
    queryKey: [...keys.openTasks, view()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => tasks.open(view(), pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))
export const taskCountQuery = (enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: [...keys.openTasks, 'count'],
    queryFn: async () => (await tasks.open('mine', null, 1)).total,
    enabled: enabled(),
  }))
export const taskTemplatesQuery = () =>
  createQuery(() => ({
    queryKey: keys.taskTemplates,
    queryFn: tasks.templates,
    staleTime: 5 * 60_000,
  }))
export const timeOfQuery = (number: () => number, taskId: () => string | null) =>
  createQuery(() => ({
    queryKey: keys.time(number(), taskId()),
    queryFn: () => tasks.timeOf({ number: number(), taskId: taskId() }),
  }))
export const runningClockQuery = (enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: [...keys.allTime, 'running-clock'],
    queryFn: tasks.runningClock,
    enabled: enabled(),
  }))
export const timeTotalsQuery = (by: () => TotalsBy, filter: () => TimeFilter) =>
  createQuery(() => ({
    queryKey: [...keys.allTime, 'totals', by(), filter()],
    queryFn: () => tasks.totals(by(), filter()),
  }))
export const timeQuery = (filter: () => TimeFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...keys.allTime, 'list', filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => tasks.time(filter(), pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))
export const approvalsQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.approvals(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => approvals.ofTicket(number(), signal),
  }))
export const purchasesQuery = (number: () => number) =>
  createQuery(() => ({
    queryKey: keys.purchases(number()),
    queryFn: ({ signal }: { signal: AbortSignal }) => purchases.ofTicket(number(), signal),
  }))
export const purchaseListQuery = (filter: () => PurchaseFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...keys.allPurchases, filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => purchases.list(filter(), pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))
/** The stream tells approvers nothing of tickets: what waits for them is asked for again. */
export const approvalCountQuery = (enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: keys.approvalCount,
    queryFn: async () => (await approvals.mine('waiting', null, 1)).total,
    enabled: enabled(),
    refetchInterval: 60_000,
  }))
export const myApprovalsQuery = (view: () => ApprovalView) =>
  createInfiniteQuery(() => ({
    queryKey: [...keys.myApprovals, view()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => approvals.mine(view(), pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
    refetchInterval: 60_000,
  }))
export const ticketApprovalRulesQuery = () =>
  createQuery(() => ({ queryKey: keys.ticketApprovalRules, queryFn: approvals.ticketRules }))
export const approvalRulesQuery = () =>
  createQuery(() => ({ queryKey: keys.approvalRules, queryFn: approvals.rules }))
