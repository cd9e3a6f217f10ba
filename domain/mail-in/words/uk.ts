import type { MailWords } from './mail-words.ts'

/** Ukrainian. */
export const uk: MailWords = {
  labels: {
    from: ['від', 'від кого'],
    date: ['надіслано', 'дата'],
    to: ['кому'],
    cc: ['копія'],
    subject: ['тема'],
  },
  forwarded: ['переслане повідомлення', 'перенаправлене повідомлення'],
  beginsForwarded: ['початок листа, що пересилається'],
  wrote: ['пише'],
  beforeName: ['користувач'],
  answer: ['на'],
}
