import type { EventData, EventType } from '../../../domain/events.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { t } from '../language/language.svelte.ts'

/** One event in the page's language. */
export type Sentence<T extends EventType> = (
  who: string,
  data: EventData<T>,
  actor: Actor,
) => string

/** One sentence for each of some types of event. */
export type Sentences<K extends EventType> = { [T in K]: Sentence<T> }

/** Who did it, as a person would be called. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'system') return actor.name || t('shell.product')
  if (actor.kind === 'operator')
    return actor.name ? t('events.operatorNamed', { name: actor.name }) : t('events.operator')
  return actor.kind === 'agent' ? actor.name : actor.name || actor.email
}
