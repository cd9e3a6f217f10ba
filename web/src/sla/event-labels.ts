import type { slaEvents } from '../../../domain/sla/events.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { momentTime } from '../language/times.ts'
import type { Sentences } from '../history/event-text.ts'
import { fieldText } from '../tickets/field-text.ts'

/** Service levels, waiting for the requester, snooze: the history in words. */
export const slaEventLabels: Sentences<keyof typeof slaEvents> = {
  slaPlanSet: (_, d) => t(d.plan ? 'sla.event.levelSet' : 'sla.event.levelRemoved'),
  slaTargetNear: (_, d) => t(`sla.event.near.${d.target}`, { when: momentTime(d.dueAt) }),
  slaTargetBreached: (_, d) => t(`sla.event.breached.${d.target}`, { when: momentTime(d.dueAt) }),
  reminderDue: (_, d) => t(`sla.event.${d.kind}`),
  remindersCancelled: (who) => t('sla.event.remindersCancelled', { who }),
  ticketSnoozed: (who, d) =>
    d.until
      ? t('sla.event.snoozedUntil', { who, when: momentTime(d.until) })
      : t('sla.event.snoozed', { who }),
  snoozeEnded: (who, d) => t(`sla.event.snoozeEnded.${d.reason}`, { who }),
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
}
