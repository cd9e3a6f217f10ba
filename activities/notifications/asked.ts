import { type Asked, valueSort } from '../../domain/asked.ts'
import { priority, ticketStatus } from '../../domain/vocabulary.ts'
import { weight } from '../../domain/classification/priority-matrix.ts'
import type { Language } from '../../languages/language.ts'
import { momentIn, say } from '../../languages/mail-words.ts'

/** What somebody asked of a ticket, in a language. */
export const askedIn = (language: Language, asked: Asked): string =>
  say(language, `asked.${asked.what}`, {
    name: asked.name || '–',
    value: valueIn(language, asked),
  })

/** One of ours by its word, a moment as the language writes it, a text as it is. */
function valueIn(language: Language, { what, value = '' }: Asked): string {
  switch (valueSort(what)) {
    case 'status': {
      const { data } = ticketStatus.safeParse(value)
      return data ? say(language, `notification.status.${data}`) : value
    }
    case 'priority': {
      const { data } = priority.safeParse(value)
      return data ? say(language, `notification.priority.${data}`) : value
    }
    case 'weight': {
      const { data } = weight.safeParse(value)
      return data ? say(language, `notification.weight.${data}`) : value
    }
    case 'resolution': {
      const ours = resolutions.find((one) => one === value)
      return ours ? say(language, `notification.resolution.${ours}`) : value
    }
    case 'moment':
      return momentIn(language, new Date(value))
    default:
      return value
  }
}

/** Those that come with Guichet; admins' own are told by their keys. */
const resolutions = [
  'done',
  'answered',
  'workaround',
  'declined',
  'duplicate',
  'not-reproducible',
] as const
