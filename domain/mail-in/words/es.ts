import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Spanish. */
export const es: MailWords = {
  labels: {
    from: ['de', 'remitente'],
    date: ['enviado', 'enviado el', 'fecha'],
    to: ['para', 'destinatario'],
    cc: ['cc', 'copia'],
    subject: ['asunto'],
  },
  original: ['mensaje original'],
  forwarded: ['mensaje reenviado'],
  beginsForwarded: ['inicio del mensaje reenviado'],
  wrote: ['escribió'],
  on: ['el'],
  program: [
    ...everyOf(['enviado '], ['desde ', 'a partir ', 'con ', 'via ', 'de ']),
    'obtener outlook',
    'descargar outlook',
    ...everyOf(['outlook para '], ['ios', 'android', 'mac']),
  ],
  answer: ['rv'],
  forward: ['rv'],
  absence: ['respuesta automática', 'respuesta automatica', 'fuera de la oficina'],
  bounce: {
    subject: ['no se entrega', 'no se ha entrega', 'no se pudo entrega'],
    yourMessage: ['su mensaje'],
    didNotArrive: ['no lleg', 'no ha lleg'],
  },
  thanks: {
    thanks: [
      'gracias',
      'muchas gracias',
      'muchisimas gracias',
      'mil gracias',
      'se lo agradezco',
      'te lo agradezco',
      'muy agradecido',
      'muy agradecida',
    ],
    works: ['funciona', 'ya funciona'],
    forHelp: {
      for: ['por'],
      your: ['su', 'tu', 'la'],
      quick: ['rapida'],
      help: ['ayuda', 'respuesta'],
    },
    around: [
      'hola',
      'buenos dias',
      'buenas tardes',
      'perfecto',
      'todo bien',
      'saludos',
      'un saludo',
    ],
    salutation: ['hola'],
    title: ['senor', 'senora'],
  },
}
