import type { MailWords } from './mail-words.ts'

/** Slovak. */
export const sk: MailWords = {
  labels: {
    from: ['od'],
    date: ['dátum'],
    to: ['komu', 'pre'],
    cc: ['kópia'],
    subject: ['predmet'],
  },
  forwarded: ['preposlaná správa'],
  wrote: ['napísal', 'napísala'],
  beforeName: ['používateľ'],
}
