import type { MailWords } from './mail-words.ts'

/** Hungarian. */
export const hu: MailWords = {
  labels: {
    from: ['feladó'],
    date: ['elküldve', 'dátum'],
    to: ['címzett'],
    cc: ['másolatot kap'],
    subject: ['tárgy'],
  },
  original: ['eredeti üzenet'],
  forwarded: ['továbbított üzenet'],
  beginsForwarded: ['továbbított levél kezdete'],
  wrote: ['ezt írta', 'azt írta'],
  beforeName: ['időpontban', 'használó'],
  program: ['küldve '],
  answer: ['vá'],
  forward: ['továbbítás'],
  absence: ['automatikus válasz'],
}
