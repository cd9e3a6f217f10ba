import type { MailWords } from './mail-words.ts'

/** Romanian. */
export const ro: MailWords = {
  labels: {
    from: ['de la', 'expeditorul'],
    date: ['trimis', 'dată', 'data'],
    to: ['către', 'destinatarul'],
    subject: ['subiect', 'subiectul'],
  },
  forwarded: ['mesaj redirecționat'],
  beginsForwarded: ['începe mesajul redirecționat'],
  wrote: ['a scris'],
}
