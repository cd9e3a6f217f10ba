import type { serviceEvents } from '../../../domain/service/events.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { momentTime } from '../language/times.ts'
import type { Sentences } from '../ticket/event-text.ts'
import { fieldText } from './field-text.ts'

/** Service levels, waiting for the requester, snooze: the history in words. */
export const serviceWords: Sentences<keyof typeof serviceEvents> = {
  serviceLevelSet: (_, d) => t(d.plan ? 'service.event.levelSet' : 'service.event.levelRemoved'),
  serviceTargetNear: (_, d) => t(`service.event.near.${d.target}`, { when: momentTime(d.dueAt) }),
  serviceTargetMissed: (_, d) =>
    t(`service.event.missed.${d.target}`, { when: momentTime(d.dueAt) }),
  reminderDue: (_, d) => t(`service.event.${d.kind}`),
  remindersCancelled: (who) => t('service.event.remindersCancelled', { who }),
  ticketSnoozed: (who, d) =>
    d.until
      ? t('service.event.snoozedUntil', { who, when: momentTime(d.until) })
      : t('service.event.snoozed', { who }),
  snoozeEnded: (who, d) => t(`service.event.snoozeEnded.${d.reason}`, { who }),
  impactChanged: (who, d) =>
    t('service.event.impact', {
      who,
      impact: d.impact ? t(`service.weight.${d.impact}`) : t('properties.none'),
      urgency: d.urgency ? t(`service.weight.${d.urgency}`) : t('properties.none'),
    }),
  tagsChanged: (who, d) =>
    d.to.length > 0
      ? t('service.event.tagged', { who, tags: listed(d.to) })
      : t('service.event.untagged', { who }),
  fieldChanged: (who, d) =>
    d.to === null
      ? t('service.event.fieldEmptied', { who, name: d.name })
      : t('service.event.fieldSet', { who, name: d.name, value: fieldText(d.to) }),
}
