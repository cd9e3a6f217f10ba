import type { EventType, TicketEvent } from '../../../domain/events.ts'
import { t } from '../language/language.svelte.ts'
import { registry } from '../area.ts'
import { actorName, isPlainlyTold, plainly, type Sentence } from './sentences.ts'

/** @returns the event in words. One from a newer server, of a type unknown here, by its name. */
export function eventText(event: TicketEvent): string {
  const { type } = event
  const sentence = (registry.sentences[type] ??
    (isPlainlyTold(type) ? plainly(type) : undefined)) as Sentence<EventType> | undefined
  return sentence
    ? sentence(actorName(event.actor), event.data, event.actor)
    : t('field.namedText', {
        label: actorName(event.actor),
        text: (event as TicketEvent).type,
      })
}
