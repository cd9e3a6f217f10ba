import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Italian. */
export const it: MailWords = {
  labels: {
    from: ['da', 'mittente'],
    date: ['inviato', 'data'],
    to: ['a', 'destinatario'],
    cc: ['cc', 'copia'],
    subject: ['oggetto'],
  },
  original: ['messaggio originale'],
  forwarded: ['messaggio inoltrato'],
  beginsForwarded: ['inizio messaggio inoltrato', 'inizio del messaggio inoltrato'],
  wrote: ['ha scritto', 'scrisse'],
  on: ['il', 'in data'],
  program: [
    ...everyOf(['inviato '], ['da ', 'dal ', 'con ', 'tramite ']),
    'scarica outlook',
    'ottieni outlook',
    ...everyOf(['outlook per '], ['ios', 'android', 'mac']),
  ],
  answer: ['r', 'rif'],
  forward: ['i', 'inoltro'],
  absence: ['risposta automatica', 'fuori ufficio'],
  bounce: { subject: ['mancata consegna'] },
  thanks: {
    thanks: [
      'grazie',
      'molte grazie',
      'tante grazie',
      'mille grazie',
      'la ringrazio',
      'ti ringrazio',
      'vi ringrazio',
    ],
    more: ['mille', 'tante', 'ancora'],
    works: ['funziona', 'ora funziona'],
    forHelp: {
      for: ['per'],
      your: ['la', 'il tuo', 'il suo', 'l'],
      quick: ['rapida'],
      help: ['aiuto', 'risposta'],
    },
    around: ['ciao', 'buongiorno', 'perfetto', 'tutto ok', 'cordiali saluti', 'saluti'],
    salutation: ['ciao', 'buongiorno'],
    title: ['signor', 'signora'],
  },
}
