import type { MailWords } from './mail-words.ts'

/** Estonian. */
export const et: MailWords = {
  labels: { from: ['saatja'], date: ['kuupäev'], subject: ['teema'] },
  forward: ['edasi'],
}
