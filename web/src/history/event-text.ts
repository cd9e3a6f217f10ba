import type { EventType, TicketEvent } from '../../../domain/events.ts'
import { registry } from '../area.ts'
import { actorName, isPlainlyTold, plainly, type Sentence } from './sentences.ts'

/** @returns the event in words. One from a newer server, of a type unknown here, by its name. */
export function eventText(event: TicketEvent): string {
  const { type } = event
  const sentence = (registry.sentences[type] ??
    (isPlainlyTold(type) ? plainly(type) : undefined)) as Sentence<EventType> | undefined
  return sentence
    ? sentence(actorName(event.actor), event.data, event.actor)
    : `${actorName(event.actor)}: ${(event as TicketEvent).type}`
}
