import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Finnish. */
export const fi: MailWords = {
  labels: {
    from: ['lähettäjä'],
    date: ['lähetetty', 'päiväys', 'päivä'],
    to: ['vastaanottaja'],
    subject: ['aihe'],
  },
  original: ['alkuperäinen viesti'],
  forwarded: ['välitetty viesti', 'edelleenlähetetty viesti'],
  beginsForwarded: ['välitetty viesti alkaa'],
  wrote: ['kirjoitti'],
  program: [
    ...everyOf(['lähetetty '], ['iphone', 'ipad', 'outlook', 'samsung', 'android']),
    'hanki outlook',
  ],
  answer: ['vs'],
  forward: ['vl', 'edelleenlähetetty'],
  absence: ['automaattinen vastaus'],
}
