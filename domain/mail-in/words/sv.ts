import type { MailWords } from './mail-words.ts'

/** Swedish. */
export const sv: MailWords = {
  labels: {
    from: ['från', 'avsändare'],
    date: ['skickat', 'datum'],
    to: ['till'],
    cc: ['kopia'],
    subject: ['ämne'],
  },
  original: ['ursprungligt meddelande', 'originalmeddelande'],
  forwarded: ['vidarebefordrat meddelande', 'vidarebefordrat mail'],
  beginsForwarded: ['vidarebefordrat mail'],
  wrote: ['skrev'],
  on: ['den', 'på'],
  beforeName: ['skrev', 'kl.'],
  program: ['skickat från', 'skaffa outlook', 'hämta outlook'],
  answer: ['sv'],
  forward: ['vb', 'vidsänt'],
  absence: ['autosvar', 'automatiskt svar'],
}
