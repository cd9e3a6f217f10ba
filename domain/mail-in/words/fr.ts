import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** French. */
export const fr: MailWords = {
  labels: {
    from: ['de', 'expéditeur'],
    date: ['envoyé', 'envoyé le', 'date'],
    to: ['à', 'a', 'destinataire'],
    cc: ['cc', 'copie'],
    subject: ['objet', 'sujet'],
  },
  original: ["message d'origine", 'message d’origine', 'message original', 'courriel original'],
  forwarded: [
    'message transmis',
    ...everyOf(['message ', 'courriel '], ['transféré', 'réexpédié']),
  ],
  beginsForwarded: [
    ...everyOf(['début du '], ['message ', 'courriel '], ['transféré', 'réexpédié']),
  ],
  wrote: ['a écrit', 'écrivait'],
  on: ['le'],
  program: [
    ...everyOf(['envoyé '], ['de', 'depuis', 'à partir', 'avec', 'via']),
    ...everyOf(['télécharger ', 'téléchargez '], ['outlook', 'bluemail']),
    'obtenir outlook',
    'obtenez outlook',
    'provenance : courrier',
    ...everyOf(['outlook pour '], ['ios', 'android', 'mac']),
  ],
  answer: ['ré', 'rép'],
  forward: ['tr'],
  absence: [
    'réponse automatique',
    'reponse automatique',
    'absence du bureau',
    "message d'absence",
    'message d’absence',
  ],
  noReply: { no: ['ne pas'], reply: ['repondre'] },
  bounce: {
    subject: ['non remis', 'échec'],
    text: [...everyOf(["n'a pas "], ['pu être ', 'été '], ['remis', 'délivré'])],
    delay: ['retard'],
    yourMessage: ['votre message'],
    didNotArrive: ["n'a pas été", "n'a pas pu"],
  },
  thanks: {
    thanks: [
      'merci',
      'mille mercis',
      'grand merci',
      'un grand merci',
      'je vous remercie',
      'je te remercie',
    ],
    more: ['beaucoup', 'bien', 'encore', 'infiniment', 'mille fois', 'a vous', 'a toi'],
    works: ['ca marche', 'ca fonctionne', 'tout marche', 'tout fonctionne'],
    nowAgain: ['maintenant'],
    forHelp: {
      for: ['pour'],
      your: ['votre', 'ton', 'l', 'la'],
      quick: ['rapide'],
      help: ['aide', 'reponse', 'assistance', 'support'],
    },
    around: [
      'bonjour',
      'bonsoir',
      'salut',
      'c est parfait',
      'c est bon',
      'c est regle',
      'parfait',
      'genial',
      'cordialement',
      'bien cordialement',
      'bonne journee',
      'bonne soiree',
    ],
    salutation: ['bonjour', 'bonsoir', 'salut', 'cher', 'chere'],
    title: ['m', 'mme', 'monsieur', 'madame'],
  },
}
