import { taskEventLabels } from '../tasks/event-labels.ts'
import { approvalEventLabels, purchaseEventLabels } from '../approvals/event-labels.ts'
import { resolutionNameThen } from '../classification/custom-labels.ts'
import { assetEventLabels } from '../assets/event-labels.ts'
import { slaEventLabels } from '../sla/event-labels.ts'
import { mergingEventLabels } from '../merging/event-labels.ts'
import type { EventData, EventType, TicketEvent } from '../../../domain/events.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { t, textFor } from '../language/language.svelte.ts'

/** Who did it, as a person would be called. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'system') return actor.name || t('shell.product')
  if (actor.kind === 'operator')
    return actor.name ? t('events.operatorNamed', { name: actor.name }) : t('events.operator')
  return actor.kind === 'agent' ? actor.name : actor.name || actor.email
}

export type Sentence<T extends EventType> = (
  who: string,
  data: EventData<T>,
  actor: Actor,
) => string

/** One sentence for each of some types of event. */
export type Sentences<K extends EventType> = { [T in K]: Sentence<T> }

const nobodyTo = (a: { name: string } | null): string => a?.name ?? ''

/**
 * One sentence for each type of event, in the page's language. A new type does not compile until it
 * has one.
 */
const sentences: Sentences<EventType> = {
  ...taskEventLabels,
  ...approvalEventLabels,
  ...purchaseEventLabels,
  ...assetEventLabels,
  ...slaEventLabels,
  ...mergingEventLabels,
  ticketOpened: (who, d) =>
    t(`events.ticketOpened.${d.channel}`, { who, department: d.department.name }),
  messageReceived: (who, d) =>
    t(
      d.stranger
        ? 'events.messageReceived.stranger'
        : d.automatic
          ? 'events.messageReceived.automatic'
          : d.thanks
            ? 'sla.event.thanked'
            : 'events.messageReceived.plain',
      { who: d.from.name || d.from.email || who },
    ),
  messageQueued: (who, d) => t(`events.messageQueued.${d.kind}`, { who, to: d.to.join(', ') }),
  messageCancelled: (who) => t('events.messageCancelled', { who }),
  messageSent: (_, d) => t('events.messageSent', { detail: d.detail }),
  messageFailed: (_, d) => t('events.messageFailed', { detail: d.detail }),
  messageDoubtful: (_, d) =>
    t(d.parked ? 'events.messageDoubtful.parked' : 'events.messageDoubtful.again', {
      detail: d.detail,
    }),
  messageRetried: (who) => t('events.messageRetried', { who }),
  messageBounced: (_, d) =>
    t('events.messageBounced', {
      to: d.recipient,
      detail: [d.status, d.detail].filter(Boolean).join(' '),
    }),
  messageDelayed: (_, d) => t('events.messageDelayed', { to: d.recipient, detail: d.detail }),
  noteAdded: (who) => t('events.noteAdded', { who }),
  statusChanged: (who, d) =>
    t(`events.statusChanged.${d.reason}`, {
      who,
      from: t(`status.${d.from}`),
      to: t(`status.${d.to}`),
    }),
  ownerChanged: (who, d, actor) => {
    if (d.to === null) return t('events.ownerChanged.nobody', { who, from: nobodyTo(d.from) })
    return actor.kind === 'agent' && actor.id === d.to.id
      ? t('events.ownerChanged.self', { who })
      : t('events.ownerChanged.other', { who, to: d.to.name })
  },
  priorityChanged: (who, d) =>
    t('events.priorityChanged', { who, from: t(`priority.${d.from}`), to: t(`priority.${d.to}`) }),
  categoryChanged: (who, d) =>
    d.to
      ? t('events.categoryChanged.set', { who, to: d.to.name })
      : t('events.categoryChanged.removed', { who, from: nobodyTo(d.from) }),
  resolutionChanged: (who, d) =>
    d.to
      ? t('events.resolutionChanged.set', { who, to: resolutionNameThen(d.to, d.names) })
      : t('events.resolutionChanged.removed', { who }),
  departmentChanged: (who, d) =>
    t('events.departmentChanged', { who, from: d.from.name, to: d.to.name }),
  subjectChanged: (who, d) => t('events.subjectChanged', { who, from: d.from, to: d.to }),
  watcherAdded: (who, d, actor) =>
    actor.kind === 'agent' && actor.id === d.watcher.id
      ? t('events.watcherAdded.self', { who })
      : t('events.watcherAdded.other', { who, name: d.watcher.name }),
  watcherRemoved: (who, d, actor) =>
    actor.kind === 'agent' && actor.id === d.watcher.id
      ? t('events.watcherRemoved.self', { who })
      : t('events.watcherRemoved.other', { who, name: d.watcher.name }),
  ticketLinked: (who, d) => t(`events.ticketLinked.${d.kind}`, { who, number: d.number }),
  ticketUnlinked: (who, d) => t('events.ticketUnlinked', { who, number: d.number }),
  commandRejected: (who, d) =>
    t('events.commandRejected', { who, reason: textFor(`problem.${d.code}`) ?? d.message }),
}

/** @returns the event in words. One from a newer server, of a type unknown here, by its name. */
export function eventText(event: TicketEvent): string {
  const sentence = sentences[event.type] as Sentence<EventType> | undefined
  return sentence
    ? sentence(actorName(event.actor), event.data, event.actor)
    : `${actorName(event.actor)}: ${(event as TicketEvent).type}`
}
