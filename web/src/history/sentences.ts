import type { EventData, EventType } from '../../../domain/events.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import type { MessageKey } from '../../../languages/keys.ts'
import { builtIn, t } from '../language/language.svelte.ts'
import { personText } from '../tickets/naming.ts'

/** One event in the page's language. */
export type Sentence<T extends EventType> = (
  who: string,
  data: EventData<T>,
  actor: Actor,
) => string

/**
 * Types of event whose sentence stands in their area's words, as `event.<type>`: it needs nothing but
 * `who` and the event's own texts and numbers.
 */
export type PlainlyTold = MessageKey extends infer Key
  ? Key extends `event.${infer T extends EventType}`
    ? T
    : never
  : never

export const isPlainlyTold = (type: EventType): type is PlainlyTold =>
  builtIn(`event.${type}`) !== null

/** Such an event in the page's language. */
export const plainly =
  (type: PlainlyTold): Sentence<EventType> =>
  (who, data) =>
    t(`event.${type}`, {
      who,
      ...Object.fromEntries(Object.entries(data).filter(([, value]) => isSayable(value))),
    })
const isSayable = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number'

/** One sentence for each of some types of event. */
export type Sentences<K extends EventType> = { [T in K]: Sentence<T> }

/** Who did it, as a person would be called. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'system') return actor.name || t('shell.product')
  if (actor.kind === 'operator')
    return actor.name ? t('events.operatorNamed', { name: actor.name }) : t('events.operator')
  return actor.kind === 'agent' ? actor.name : personText(actor)
}
