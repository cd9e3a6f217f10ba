import type { EventType, TicketEvent } from '../../../domain/events.ts'
import { approvalEventLabels } from '../approvals/event-labels.ts'
import { assetEventLabels } from '../assets/event-labels.ts'
import { conversationEventLabels } from '../conversation/event-labels.ts'
import { t, textFor } from '../language/language.svelte.ts'
import { mergingEventLabels } from '../merging/event-labels.ts'
import { purchaseEventLabels } from '../purchases/event-labels.ts'
import { slaEventLabels } from '../sla/event-labels.ts'
import { taskEventLabels } from '../tasks/event-labels.ts'
import { ticketEventLabels } from '../tickets/event-labels.ts'
import { actorName, type Sentence, type Sentences } from './sentences.ts'

/**
 * One sentence for each type of event, in the page's language. A new type does not compile until it
 * has one.
 */
const sentences: Sentences<EventType> = {
  ...ticketEventLabels,
  ...conversationEventLabels,
  ...taskEventLabels,
  ...approvalEventLabels,
  ...purchaseEventLabels,
  ...assetEventLabels,
  ...slaEventLabels,
  ...mergingEventLabels,
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
