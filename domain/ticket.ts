import type { CoreFact, TicketEvent } from './events.ts'
import { approvalFold } from './approvals/fold.ts'
import { noApprovalState, type ApprovalState } from './approvals/state.ts'
import { assetFold } from './assets/fold.ts'
import { noAssetState, type AssetState } from './assets/state.ts'
import { mergingFold } from './merging/fold.ts'
import { noMergingState, type MergingState } from './merging/state.ts'
import type { CustomNames } from './classification/custom-names.ts'
import { purchaseFold } from './purchases/fold.ts'
import { noPurchaseState, type PurchaseState } from './purchases/state.ts'
import { slaFold } from './sla/fold.ts'
import { applySla } from './sla/apply.ts'
import { noSlaState, type SlaState } from './sla/state.ts'
import { taskFold } from './tasks/fold.ts'
import { noTaskState, type TaskState } from './tasks/state.ts'
import type {
  CategoryRef,
  DepartmentRef,
  LinkKind,
  Person,
  Priority,
  Requester,
  Resolution,
  TicketStatus,
} from './vocabulary.ts'

/** A message that has left `decide` and not yet reached an end at the mail server. */
export interface PendingDelivery {
  messageId: string
  /** ISO time before which it can still be taken back. */
  notBefore: string
}

/** The ticket as its workflow holds it: small, serialisable, the fold of its events. */
export interface Ticket
  extends TaskState, ApprovalState, PurchaseState, AssetState, SlaState, MergingState {
  number: number
  /** Number of the last event; 0 before the ticket is opened. */
  version: number
  opened: boolean
  subject: string
  status: TicketStatus
  priority: Priority
  department: DepartmentRef
  requester: Requester
  owner: Person | null
  category: CategoryRef | null
  resolution: Resolution | null
  /**
   * What the resolution was called when it was set, where admins had a name of their own for it.
   */
  resolutionNames?: CustomNames | undefined
  watchers: Person[]
  links: { number: number; kind: LinkKind }[]
  pending: PendingDelivery[]
  /**
   * Ids of outbound messages that failed, bounced or are doubtful and have not been retried since.
   */
  undelivered: string[]
  preview: string
  lastDirection: 'inbound' | 'outbound'
  messageCount: number
  hasAttachments: boolean
  oneWay: boolean
  openedAt: string
  updatedAt: string
  lastMessageAt: string
  solvedAt: string | null
  closedAt: string | null
}

/** The ticket workflow's single argument; the workflow loads anything else itself. */
export interface TicketWorkflowInput {
  number: number
  /** Known to have events already: load the stored state before the first decision. */
  resume: boolean
}

/**
 * @param number the ticket's number.
 * @returns the ticket before its first event.
 */
export function unopenedTicket(number: number): Ticket {
  return {
    number,
    version: 0,
    opened: false,
    subject: '',
    status: 'new',
    priority: 'normal',
    department: { id: '', name: '' },
    requester: { email: '', name: '' },
    owner: null,
    category: null,
    resolution: null,
    watchers: [],
    links: [],
    pending: [],
    undelivered: [],
    preview: '',
    lastDirection: 'inbound',
    messageCount: 0,
    hasAttachments: false,
    oneWay: false,
    openedAt: '',
    updatedAt: '',
    lastMessageAt: '',
    solvedAt: null,
    closedAt: null,
    ...noTaskState(),
    ...noApprovalState(),
    ...noPurchaseState(),
    ...noAssetState(),
    ...noSlaState(),
    ...noMergingState(),
  }
}

/**
 * The fold: the ticket after one more event. Pure; never refuses, because an event is a fact.
 * @param ticket the ticket before.
 * @param event the next event (its `no` is the ticket's version + 1).
 */
export function apply(ticket: Ticket, event: TicketEvent): Ticket {
  const next = { ...ticket, version: event.no, updatedAt: event.at }
  const areaFold = areaFolds[event.type]
  const changed = {
    ...next,
    ...(areaFold ? areaFold(next, event.data, event) : change(next, event as CoreFact, event.at)),
  }
  return { ...changed, ...applySla(changed, event) }
}

const areaFolds = {
  ...taskFold,
  ...approvalFold,
  ...purchaseFold,
  ...assetFold,
  ...slaFold,
  ...mergingFold,
} as Partial<Record<string, (ticket: Ticket, data: unknown, event: TicketEvent) => Partial<Ticket>>>

/** @returns the ticket rebuilt from its whole event log. */
export const rebuild = (number: number, events: readonly TicketEvent[]): Ticket =>
  events.reduce(apply, unopenedTicket(number))

function change(t: Ticket, event: CoreFact, at: string): Partial<Ticket> {
  switch (event.type) {
    case 'ticketOpened':
      return { ...openedFrom(event.data), opened: true, openedAt: at, lastMessageAt: at }
    case 'messageReceived':
      return { ...exchanged(t, event.data, at), lastDirection: 'inbound' }
    case 'messageQueued': {
      const notBefore = new Date(Date.parse(at) + event.data.holdMs).toISOString()
      const pending = [...t.pending, { messageId: event.data.messageId, notBefore }]
      if (event.data.kind !== 'reply') return { pending }
      return {
        ...exchanged(t, event.data, at),
        pending,
        lastDirection: 'outbound',
        oneWay: event.data.oneWay,
      }
    }
    case 'messageCancelled':
      return { pending: without(t.pending, event.data.messageId), messageCount: t.messageCount - 1 }
    case 'messageSent':
      return {
        pending: without(t.pending, event.data.messageId),
        undelivered: t.undelivered.filter((id) => id !== event.data.messageId),
      }
    case 'messageFailed':
      return {
        pending: without(t.pending, event.data.messageId),
        undelivered: withId(t.undelivered, event.data.messageId),
      }
    case 'messageDoubtful':
      return event.data.parked
        ? {
            pending: without(t.pending, event.data.messageId),
            undelivered: withId(t.undelivered, event.data.messageId),
          }
        : {}
    case 'messageRetried':
      return {
        pending: [
          ...without(t.pending, event.data.messageId),
          { messageId: event.data.messageId, notBefore: at },
        ],
        undelivered: t.undelivered.filter((id) => id !== event.data.messageId),
      }
    case 'messageBounced':
      return { undelivered: withId(t.undelivered, event.data.messageId) }
    case 'statusChanged':
      return {
        status: event.data.to,
        solvedAt:
          event.data.to === 'solved' ? at : event.data.to === 'closed' ? (t.solvedAt ?? at) : null,
        closedAt: event.data.to === 'closed' ? at : null,
      }
    case 'ownerChanged':
      return { owner: event.data.to }
    case 'priorityChanged':
      return { priority: event.data.to }
    case 'categoryChanged':
      return { category: event.data.to }
    case 'resolutionChanged':
      return { resolution: event.data.to, resolutionNames: event.data.names }
    case 'departmentChanged':
      return { department: event.data.to }
    case 'subjectChanged':
      return { subject: event.data.to }
    case 'watcherAdded':
      return { watchers: [...t.watchers, event.data.watcher] }
    case 'watcherRemoved':
      return { watchers: t.watchers.filter((w) => w.id !== event.data.watcher.id) }
    case 'ticketLinked':
      return { links: [...t.links, { number: event.data.number, kind: event.data.kind }] }
    case 'ticketUnlinked':
      return {
        links: t.links.filter((l) => l.number !== event.data.number || l.kind !== event.data.kind),
      }
    case 'noteAdded':
    case 'messageDelayed':
    case 'commandRejected':
      return {}
  }
}

const openedFrom = (d: {
  subject: string
  requester: Requester
  department: DepartmentRef
  priority: Priority
}) => ({
  subject: d.subject,
  requester: d.requester,
  department: d.department,
  priority: d.priority,
})

const exchanged = (
  t: Ticket,
  d: { preview: string; hasAttachments: boolean },
  at: string,
): Partial<Ticket> => ({
  preview: d.preview,
  messageCount: t.messageCount + 1,
  lastMessageAt: at,
  hasAttachments: t.hasAttachments || d.hasAttachments,
})

const without = (pending: PendingDelivery[], id: string): PendingDelivery[] =>
  pending.filter((p) => p.messageId !== id)
const withId = (ids: string[], id: string): string[] => (ids.includes(id) ? ids : [...ids, id])
