import type { mergingEvents } from '../../../domain/merging/events.ts'
import type { Sentences } from '../history/sentences.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { subjectText } from '../tickets/naming.ts'
import { refusalIn } from '../language/refusal.ts'

/** Merged and split tickets, and what a parent tells its children: the history in words. */
export const mergingEventLabels: Sentences<keyof typeof mergingEvents> = {
  threadFound: (_, d) =>
    t('merging.event.threadFound', { number: d.number, subject: subjectText(d.subject) }),
  ticketMerged: (who, d) =>
    t('merging.event.ticketMerged', { who, number: d.into, subject: subjectText(d.subject) }),
  ticketUnmerged: (who, d) => {
    if (d.refusal)
      return t('merging.event.mergeRefusedBecause', {
        number: d.from,
        reason: refusalIn(d.refusal),
      })
    return t(d.refused ? 'merging.event.mergeRefused' : 'merging.event.ticketUnmerged', {
      who,
      number: d.from,
    })
  },
  mergeAccepted: (who, d) =>
    t('merging.event.mergeAccepted', { who, number: d.number, subject: subjectText(d.subject) }),
  mergeReverted: (who, d) => t('merging.event.mergeReverted', { who, number: d.number }),
  messagesSplitOff: (who, d) =>
    t('merging.event.messagesSplitOff', {
      who,
      count: d.messageIds.length,
      number: d.into,
      subject: subjectText(d.subject),
    }),
  messagesReturned: (who, d) =>
    t('merging.event.messagesReturned', { who, count: d.messageCount, number: d.from }),
  splitOpened: (who, d) =>
    t('merging.event.splitOpened', { who, count: d.messageCount, number: d.from }),
  splitUndone: (who, d) => t('merging.event.splitUndone', { who, number: d.from }),
  childrenNotified: (who, d) =>
    t('merging.event.childrenNotified', {
      who,
      numbers: listed(d.numbers.map((number) => `#${number}`)),
    }),
}
