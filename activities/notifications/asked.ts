import { type Asked, valueSort } from '../../domain/asked.ts'
import { priority } from '../../domain/vocabulary.ts'
import { weight } from '../../domain/classification/priority-matrix.ts'
import { type CustomLabels, resolutionIn, statusIn } from '../../languages/custom-labels.ts'
import type { Language } from '../../languages/language.ts'
import { momentIn, say } from '../../languages/mail-words.ts'

/** What somebody asked of a ticket, in a language and as admins call it. */
export const askedIn = (language: Language, asked: Asked, labels: CustomLabels): string =>
  say(language, `asked.${asked.what}`, {
    name: asked.name || '–',
    value: valueIn(language, asked, labels),
  })

/** One of ours by its word, a moment as the language writes it, a text as it is. */
function valueIn(language: Language, { what, value = '' }: Asked, labels: CustomLabels): string {
  switch (valueSort(what)) {
    case 'status':
      return statusIn(language, value, labels)
    case 'priority': {
      const { data } = priority.safeParse(value)
      return data ? say(language, `notification.priority.${data}`) : value
    }
    case 'weight': {
      const { data } = weight.safeParse(value)
      return data ? say(language, `notification.weight.${data}`) : value
    }
    case 'resolution':
      return resolutionIn(language, value, labels)
    case 'moment':
      return momentIn(language, new Date(value))
    default:
      return value
  }
}
