import type { Language } from '../../languages/language.ts'
import { dayIn, say } from '../../languages/mail-words.ts'

/** A warranty or a licence that ends soon. */
export interface Ending {
  what: 'asset' | 'licence' | 'warranty' | 'contract'
  /** The asset's name or the document's title. */
  name: string
  serial: string
  supplier: string
  /** ISO date. */
  endsOn: string
  seats: number | null
}

/** The subject and the words of the ticket that is opened for it. */
export function endingText(
  { what, name, serial, supplier, endsOn, seats }: Ending,
  language: Language,
): { subject: string; text: string } {
  const values = {
    kind: say(language, `ending.kind.${what}`),
    name,
    day: dayIn(language, new Date(`${endsOn}T00:00:00Z`)),
  }
  return {
    subject: say(language, 'ending.subject', values),
    text: [
      say(language, 'ending.text', values),
      serial && say(language, 'ending.serial', { value: serial }),
      supplier && say(language, 'ending.supplier', { value: supplier }),
      seats === null ? '' : say(language, 'ending.seats', { value: seats }),
    ]
      .filter(Boolean)
      .join('\n'),
  }
}
