import type { MailWords } from './mail-words.ts'

/** Czech. */
export const cs: MailWords = {
  labels: {
    from: ['od', 'odesílatel'],
    date: ['odesláno', 'datum'],
    to: ['komu'],
    cc: ['kopie'],
    subject: ['předmět'],
  },
  original: ['původní zpráva'],
  forwarded: ['přeposlaná zpráva'],
  beginsForwarded: ['začátek přeposílané zprávy'],
  wrote: ['napsal', 'napsala', 'napsal(a)'],
  on: ['dne'],
  beforeName: ['uživatel'],
  program: ['odesláno z', 'získat outlook'],
  absence: ['automatická odpověď'],
}
