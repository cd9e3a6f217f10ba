/** What the made-up people of the corpus write about: the words are few, their order is not. */

export interface Person {
  name: string
  address: string
  domain: string
}

const GIVEN = [
  'Anna',
  'Bruno',
  'Chloé',
  'David',
  'Émile',
  'Fatima',
  'Goran',
  'Hélène',
  'Ines',
  'Jonas',
  'Karim',
  'Léa',
  'Marek',
  'Nadia',
  'Oskar',
  'Paula',
  'Quentin',
  'Rosa',
  'Sofia',
  'Tomás',
  'Ulla',
  'Viktor',
  'Wanda',
  'Yann',
  'Zoë',
]
const FAMILY = [
  'Almeida',
  'Bernard',
  'Castellani',
  'Dubois',
  'Eriksson',
  'Fournier',
  'Grünwald',
  'Hansen',
  'Ibarra',
  'Jovanović',
  'Kowalski',
  'Lefèvre',
  'Moreau',
  'Novák',
  'Okafor',
  'Petit',
  'Rousseau',
  'Schmitt',
  'Turner',
  'Vidal',
]
const DOMAINS = [
  'example.com',
  'staff.example.net',
  'partner.example',
  'atelier.example',
  'north.example.org',
]
const THINGS = [
  'the printer on the second floor',
  'my account',
  'the VPN',
  'the invoice of last month',
  'the badge for the new colleague',
  'the meeting room screen',
  'the leave request form',
  'le poste de travail',
  'la commande de câbles',
  'the payroll export',
  'my phone',
  'the shared calendar',
  'the licence of the drawing program',
  'the backup',
  'le réseau de l’atelier',
]
const TROUBLES = [
  'does not answer since this morning',
  'shows an error I cannot read',
  'asks for a password again and again',
  'is missing a line',
  'has to be ready by Friday',
  'ne fonctionne plus',
  'a besoin d’une validation',
  'is slower than last week',
  'was sent to the wrong address',
  'needs a second approval',
  'stopped after the update',
  'cannot be opened from home',
]
const PHRASES = [
  'I tried it twice and nothing changed.',
  'My colleague next door has the same.',
  'It began right after lunch.',
  'Could somebody have a look today?',
  'The message on the screen says “0x8007 – accès refusé”.',
  'Please find the details below.',
  'We need it for a visit of a customer tomorrow.',
  'I have restarted everything once, as the page says.',
  'Le numéro d’inventaire est collé au dos.',
  'If you call, the extension is on my card.',
  'It used to work for three years without a word.',
  'The order number is further down.',
  'I am in the office until five.',
  'Merci d’avance pour votre aide.',
  'The budget for it was approved in September.',
  'Nothing is urgent, but it should not be forgotten.',
]

const pick = <T>(list: readonly [T, ...T[]] | readonly T[], random: () => number): T =>
  list[Math.floor(random() * list.length)] as T

/** A person; of some 2,500 that are possible. */
export function personOf(random: () => number): Person {
  const [given, family, domain] = [pick(GIVEN, random), pick(FAMILY, random), pick(DOMAINS, random)]
  const plain = `${given}.${family}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase()
  return { name: `${given} ${family}`, address: `${plain}@${domain}`, domain }
}

export const subjectOf = (random: () => number): string => {
  const text = `${pick(THINGS, random)} ${pick(TROUBLES, random)}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** @returns that many paragraphs of two to five sentences. */
export const paragraphs = (random: () => number, count: number): string =>
  [
    'Hello,',
    ...Array.from({ length: count }, () =>
      Array.from({ length: 2 + Math.floor(random() * 4) }, () => sentence(random)).join(' '),
    ),
  ].join('\n\n')

const sentence = (random: () => number): string =>
  random() < 0.5 ? pick(PHRASES, random) : `${subjectOf(random)}.`

/**
 * A picture, a page or a table of 4 to 120 kB. Its bytes do not compress, as those of real ones do
 * not.
 */
export function attachmentOf(random: () => number): {
  name: string
  type: string
  content: Buffer
} {
  const [extension, type] = pick(
    [
      ['png', 'image/png'],
      ['pdf', 'application/pdf'],
      ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ] as const,
    random,
  )
  const size = Math.floor(4_000 * 30 ** random())
  const content = Buffer.alloc(size)
  for (let i = 0; i < size; i++) content[i] = Math.floor(random() * 256)
  return {
    name: `${pick(['screenshot', 'order', 'list', 'scan', 'photo'], random)}-${Math.floor(random() * 1000)}.${extension}`,
    type,
    content,
  }
}
