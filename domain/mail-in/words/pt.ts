import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Portuguese. */
export const pt: MailWords = {
  labels: {
    from: ['de', 'remetente'],
    date: ['enviado', 'enviado em', 'enviada', 'enviada em', 'data'],
    to: ['para'],
    cc: ['cc', 'cópia'],
    subject: ['assunto'],
  },
  original: ['mensagem original'],
  forwarded: ['mensagem encaminhada', 'mensagem reencaminhada'],
  beginsForwarded: ['início da mensagem encaminhada', 'início da mensagem reencaminhada'],
  wrote: ['escreveu'],
  on: ['em'],
  program: [
    ...everyOf(['enviado '], ['do ', 'a partir ', 'com ', 'via ', 'de ']),
    'obter o outlook',
    ...everyOf(['outlook para '], ['ios', 'android', 'mac']),
  ],
  answer: ['res'],
  forward: ['enc'],
  absence: ['resposta automática', 'resposta automatica', 'ausência'],
  bounce: { subject: ['não entreg', 'não foi entreg'] },
  thanks: {
    thanks: [
      ...everyOf(['', 'muito ', 'muitissimo '], ['obrigado', 'obrigada', 'obrigados', 'obrigadas']),
      'muito agradecido',
      'muito agradecida',
      'agradeco',
    ],
    works: ['ja funciona'],
    forHelp: {
      for: ['pela', 'pelo', 'por'],
      your: ['a', 'sua'],
      quick: ['rapida'],
      help: ['ajuda', 'resposta'],
    },
    around: [
      'ola',
      'bom dia',
      'boa tarde',
      'perfeito',
      'tudo certo',
      'atenciosamente',
      'cumprimentos',
      'abraco',
      'abracos',
    ],
    salutation: ['ola', 'bom dia', 'boa tarde'],
    title: ['senhor', 'senhora'],
  },
}
