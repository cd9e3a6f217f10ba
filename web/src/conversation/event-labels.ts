import type { conversationEvents } from '../../../domain/conversation/events.ts'
import type { Explanation } from '../../../domain/explanation.ts'
import { isKeptLocally } from './local-outbox.ts'
import { explained } from '../language/explanation.ts'
import type { Sentences } from '../history/sentences.ts'
import { t } from '../language/language.svelte.ts'
import { personText } from '../tickets/naming.ts'

/** Messages and notes: the history in words. */
export const conversationEventLabels: Sentences<keyof typeof conversationEvents> = {
  messageReceived: (who, d) =>
    t(
      d.stranger
        ? 'events.messageReceived.stranger'
        : d.automatic
          ? 'events.messageReceived.automatic'
          : d.thanks
            ? 'sla.event.thanked'
            : 'events.messageReceived.plain',
      { who: d.from.name || d.from.email ? personText(d.from) : who },
    ),
  questionArrived: (who, d) =>
    t('events.questionArrived', {
      who: d.requester.name || d.requester.email || who,
      subject: d.subject,
    }),
  messageQueued: (who, d) => t(`events.messageQueued.${d.kind}`, { who, to: d.to.join(', ') }),
  messageCancelled: (who) => t('events.messageCancelled', { who }),
  messageSent: (_, { detail }) =>
    isKeptLocally(detail)
      ? explained(detail)
      : t(`events.messageSent.${formOf(detail)}`, { detail: explained(detail) }),
  messageFailed: (_, { detail }) =>
    t(`events.messageFailed.${formOf(detail)}`, { detail: explained(detail) }),
  messageDoubtful: (_, d) =>
    t(d.parked ? 'events.messageDoubtful.parked' : 'events.messageDoubtful.again', {
      detail: explained(d.detail),
    }),
  messageRetried: (who) => t('events.messageRetried', { who }),
  messageBounced: (_, d) =>
    t('events.messageBounced', {
      to: d.recipient,
      detail: [d.status, d.detail].filter(Boolean).join(' '),
    }),
  messageDelayed: (_, d) => t('events.messageDelayed', { to: d.recipient, detail: d.detail }),
  noteAdded: (who) => t('events.noteAdded', { who }),
}

/** A mail server's own words follow a colon, sentences of ours a full stop. */
const formOf = (detail: Explanation): 'said' | 'told' =>
  typeof detail === 'string' ? 'said' : 'told'
