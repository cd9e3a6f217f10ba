import type { ticketEvents } from '../../../domain/tickets/events.ts'
import { resolutionNameAsOf } from '../classification/custom-labels.ts'
import type { Sentences } from '../history/sentences.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { fieldText } from './field-text.ts'

const nobodyTo = (a: { name: string } | null): string => a?.name ?? ''

/** The ticket itself and its properties: the history in words. */
export const ticketEventLabels: Sentences<keyof typeof ticketEvents> = {
  ticketOpened: (who, d) =>
    t(`events.ticketOpened.${d.channel}`, { who, department: d.department.name }),
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
      ? t('events.resolutionChanged.set', { who, to: resolutionNameAsOf(d.to, d.names) })
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
  workflowResumed: (_who, d) => t(`events.workflowResumed.${d.reason}`),
  impactChanged: (who, d) =>
    t('sla.event.impact', {
      who,
      impact: d.impact ? t(`sla.weight.${d.impact}`) : t('properties.none'),
      urgency: d.urgency ? t(`sla.weight.${d.urgency}`) : t('properties.none'),
    }),
  tagsChanged: (who, d) =>
    d.to.length > 0
      ? t('sla.event.tagged', { who, tags: listed(d.to) })
      : t('sla.event.untagged', { who }),
  fieldChanged: (who, d) =>
    d.to === null
      ? t('sla.event.fieldEmptied', { who, name: d.name })
      : t('sla.event.fieldSet', { who, name: d.name, value: fieldText(d.to) }),
  blockersOverridden: (who, d) =>
    t('merging.event.blockersOverridden', {
      who,
      numbers: listed(d.numbers.map((number) => `#${number}`)),
      reason: d.reason,
    }),
}
