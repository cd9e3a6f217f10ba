import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Polish. */
export const pl: MailWords = {
  labels: {
    from: ['od', 'nadawca'],
    date: ['wysłano', 'data'],
    to: ['do', 'adresat'],
    cc: ['kopia'],
    subject: ['temat'],
  },
  original: ['wiadomość oryginalna', 'oryginalna wiadomość'],
  forwarded: [
    'przekazana wiadomość',
    'przekazanej wiadomości',
    'treść przekazanej wiadomości',
    'wiadomość przekazana',
    'wiadomość przekazana dalej',
  ],
  beginsForwarded: ['początek przekazywanej wiadomości'],
  wrote: ['napisał', 'napisała', 'napisał(a)', 'pisze'],
  on: ['dnia', 'w dniu'],
  beforeName: ['użytkownik'],
  program: [
    ...everyOf(['wysłane ', 'wysłano ', 'wysłany '], ['z ', 'ze ', 'za pomocą ']),
    'pobierz outlook',
    'pobierz program outlook',
  ],
  answer: ['odp'],
  forward: ['pd', 'podaj'],
  absence: [...everyOf(['autom ', 'automatyczna '], ['odpowiedź', 'odpowiedz'])],
  bounce: { subject: ['niewysłan'] },
}
