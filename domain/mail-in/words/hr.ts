import type { MailWords } from './mail-words.ts'

/** Croatian. */
export const hr: MailWords = {
  labels: { from: ['od', 'šalje', 'pošiljatelj'], to: ['prima'], subject: ['predmet', 'naslov'] },
  forwarded: ['proslijeđena poruka'],
  beginsForwarded: ['započni proslijeđenu poruku'],
  forward: ['prosl'],
}
