import type { familyEvents } from '../../../domain/family/events.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import type { Sentences } from '../ticket/event-text.ts'

/** Merged and split tickets, and what a parent tells its children: the history in words. */
export const familyWords: Sentences<keyof typeof familyEvents> = {
  ticketMerged: (who, d) =>
    t('family.event.ticketMerged', { who, number: d.into, subject: d.subject }),
  ticketUnmerged: (who, d) =>
    t(d.refused ? 'family.event.mergeRefused' : 'family.event.ticketUnmerged', {
      who,
      number: d.from,
    }),
  ticketTakenIn: (who, d) =>
    t('family.event.ticketTakenIn', { who, number: d.number, subject: d.subject }),
  ticketLetGo: (who, d) => t('family.event.ticketLetGo', { who, number: d.number }),
  messagesSplitOff: (who, d) =>
    t('family.event.messagesSplitOff', {
      who,
      count: d.messageIds.length,
      number: d.into,
      subject: d.subject,
    }),
  messagesReturned: (who, d) =>
    t('family.event.messagesReturned', { who, count: d.messageCount, number: d.from }),
  splitOpened: (who, d) =>
    t('family.event.splitOpened', { who, count: d.messageCount, number: d.from }),
  splitUndone: (who, d) => t('family.event.splitUndone', { who, number: d.from }),
  blockersOverridden: (who, d) =>
    t('family.event.blockersOverridden', {
      who,
      numbers: listed(d.numbers.map((number) => `#${number}`)),
      reason: d.reason,
    }),
  childrenTold: (who, d) =>
    t('family.event.childrenTold', {
      who,
      numbers: listed(d.numbers.map((number) => `#${number}`)),
    }),
}
