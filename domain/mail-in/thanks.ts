/**
 * Words of which a mere "thank you" consists, by language. Compared without case, accents and
 * punctuation. Phrases come before their parts; what is left when all are taken out is what the
 * mail really says.
 */
const THANKING = [
  // English
  'thank you(?: (?:so much|very much|again))?',
  'thanks(?: (?:a lot|a bunch|a million|again|so much|very much))?',
  'many thanks',
  'thx',
  'ty',
  'cheers',
  'much appreciated',
  'i appreciate it',
  // French
  'merci(?: (?:beaucoup|bien|encore|infiniment|mille fois|a vous|a toi))*',
  'mille mercis',
  'grand merci',
  'un grand merci',
  'je vous remercie',
  'je te remercie',
  // German
  'vielen (?:lieben |herzlichen )?dank',
  'danke(?: (?:schon|sehr|vielmals|dir|ihnen))*',
  'dankeschon',
  'besten dank',
  'herzlichen dank',
  'tausend dank',
  'lieben dank',
  'merci vielmals',
  // Spanish
  '(?:muchas |muchisimas |mil )?gracias',
  'se lo agradezco',
  'te lo agradezco',
  'muy agradecid[oa]',
  // Italian
  '(?:molte |tante |mille )?grazie(?: (?:mille|tante|ancora))?',
  'la ringrazio',
  'ti ringrazio',
  'vi ringrazio',
  // Dutch
  '(?:heel erg |hartelijk |heel hartelijk )?bedankt',
  'dank (?:je|u)(?: wel)?',
  'dankjewel',
  'dankuwel',
  'hartelijk dank',
  'veel dank',
  // Portuguese
  '(?:muito |muitissimo )?obrigad[oa]s?',
  'muito agradecid[oa]',
  'agradeco',
] as const

/** What may stand around it and says nothing of its own: greetings, "it works now", closings. */
const AROUND = [
  'hi|hello|hey|dear|bonjour|bonsoir|salut|hallo|guten (?:tag|morgen|abend)|hola|buenos dias|buenas tardes|ciao|buongiorno|goedemorgen|goedemiddag|goedendag|ola|bom dia|boa tarde',
  '(?:(?:that|it|everything) )?(?:works|is working)(?: (?:now|again|fine|perfectly|great))*',
  'problem solved',
  'all good|all fine',
  'perfect(?:ly)?|great|super|awesome|excellent|wonderful|ok|okay',
  '(?:for|pour|fur|por|per|voor|pela|pelo) (?:your|the|votre|ton|l|ihre|deine|die|su|tu|la|il tuo|il suo|l|de|je|uw|a|sua)? ?(?:quick |fast |rapid |rapide |schnelle |rapida )?(?:help|reply|answer|response|support|assistance|aide|reponse|hilfe|antwort|unterstutzung|ayuda|respuesta|aiuto|risposta|hulp|ajuda|resposta)',
  'ca (?:marche|fonctionne)(?: maintenant)?|c est (?:parfait|bon|regle)|parfait|genial|tout (?:marche|fonctionne)',
  '(?:(?:jetzt|es|alles) )?(?:geht|funktioniert)(?: (?:es|alles|wieder|jetzt))*|perfekt|prima|alles gut',
  '(?:ya )?funciona|perfecto|todo bien',
  '(?:ora )?funziona|perfetto|tutto ok',
  'het werkt(?: weer| nu)?|perfect|top',
  'ja funciona|perfeito|tudo certo',
  'best regards|kind regards|regards|best|cordialement|bien cordialement|bonne (?:journee|soiree)|(?:mit )?freundlichen? grusse[n]?|viele grusse|liebe grusse|schone grusse|lg|mfg|saludos|un saludo|cordiali saluti|saluti|met vriendelijke groet(?:en)?|groet(?:en|jes)?|atenciosamente|cumprimentos|abracos?',
  'have a (?:nice|good|great) (?:day|one|weekend|evening)',
] as const

const longestFirst = (patterns: readonly string[]): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${[...patterns].sort((a, b) => b.length - a.length).join('|')})(?![\\p{L}\\p{N}])`,
    'gu',
  )

const thanking = longestFirst(THANKING)
const around = longestFirst(AROUND)

/** "Hi Sam," at the beginning: one name, perhaps with a title, and its comma. */
const SALUTATION =
  /^\s*(?:hi|hello|hey|dear|bonjour|bonsoir|salut|cher|chere|hallo|lieber?|guten (?:tag|morgen|abend)|hola|ciao|buongiorno|dag|goedemorgen|goedemiddag|ola|bom dia|boa tarde) (?:(?:mr|mrs|ms|m|mme|monsieur|madame|herr|frau|senor|senora|signor|signora|meneer|mevrouw|senhora?)\.? )?[\p{L}'’-]+\s*[,!:.]/u

/** Longer than this nobody merely thanks. Characters. */
const LONGEST = 240

/**
 * Is this mail nothing but thanks? Careful on the side of "no": a question, a number or any word
 * that is not known here makes it an answer.
 * @param visible a mail's text without quotations and signature.
 * @param names that may stand under it: the sender's.
 */
export function isMereThanks(visible: string, names: readonly string[] = []): boolean {
  if (visible.length > LONGEST || /[?¿]/.test(visible)) return false
  const text = plainWords(folded(visible).replace(SALUTATION, ' '))
  if (text === '') return false
  const without = text.replace(thanking, ' ')
  if (without === text) return false
  const known = new Set(names.flatMap((name) => plainWords(name).split(' ')))
  return without
    .replace(around, ' ')
    .split(' ')
    .every((word) => word === '' || known.has(word))
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()

const plainWords = (text: string): string =>
  folded(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
