import type { slaEvents } from '../../../domain/sla/events.ts'
import type { Sentences } from '../history/sentences.ts'
import { t } from '../language/language.svelte.ts'
import { momentTime } from '../language/times.ts'

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
}
