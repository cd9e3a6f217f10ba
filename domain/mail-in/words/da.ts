import type { MailWords } from './mail-words.ts'

/** Danish. */
export const da: MailWords = {
  labels: { from: ['fra'], date: ['sendt', 'dato'], to: ['til'], cc: ['kopi'], subject: ['emne'] },
  original: ['oprindelig besked', 'oprindelig meddelelse'],
  forwarded: ['videresendt besked', 'videresendt meddelelse'],
  beginsForwarded: ['start på videresendt besked', 'videresendt besked'],
  wrote: ['skrev'],
  on: ['den', 'på'],
  beforeName: ['skrev', 'kl.'],
  program: ['sendt fra', 'få outlook', 'hent outlook'],
  answer: ['sv'],
  forward: ['vs', 'videresendt', 'videresend'],
  absence: ['autosvar'],
}
