import type { MailWords } from './mail-words.ts'

/** Norwegian. */
export const nb: MailWords = {
  labels: { from: ['fra'], date: ['sendt', 'dato'], to: ['til'], cc: ['kopi'], subject: ['emne'] },
  original: ['original meddelelse', 'opprinnelig melding'],
  forwarded: ['videresendt melding'],
  beginsForwarded: ['start på videresendt melding', 'videresendt melding'],
  wrote: ['skrev'],
  on: ['den', 'på'],
  beforeName: ['skrev', 'kl.'],
  program: ['sendt fra', 'få outlook', 'hent outlook'],
  answer: ['sv'],
  forward: ['vs', 'videresendt', 'videresend'],
  absence: ['autosvar'],
}
