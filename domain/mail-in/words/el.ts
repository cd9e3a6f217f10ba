import type { MailWords } from './mail-words.ts'

/** Greek. */
export const el: MailWords = {
  labels: { from: ['από'], date: ['ημερομηνία', 'εστάλη'], to: ['προς'], subject: ['θέμα'] },
  wrote: ['έγραψε'],
  answer: ['απ', 'σχετ'],
  forward: ['πρθ'],
}
