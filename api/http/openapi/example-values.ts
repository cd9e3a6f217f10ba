import type { JsonSchema } from './json-schema.ts'

const UUID = '01981f2e-7a3c-7b54-9d21-4f0c8e6a1b2d'
const TIME = '2026-01-31T09:30:00.000Z'

/** What fields of text hold, by their names. */
const words: Record<string, string> = {
  address: 'it@desk.example',
  afterImport: 'flag',
  amount: '1290.00',
  approver: 'Paula Berg',
  askedBy: 'Ida Marsh',
  base64: 'bmFtZSx0eXBlCkxhcHRvcCxub3RlYm9vawo=',
  body: 'Hello {{requester.name}}, we are looking into it.',
  category: 'Hardware',
  code: 'not-found',
  comment: 'Within the budget.',
  contentType: 'application/pdf',
  costCentre: 'CC-4100',
  csv: 'name,type\nLaptop 14,notebook\n',
  currency: 'EUR',
  current: 'the password until now',
  cursor: 'WyIyMDI2LTAxLTMxVDA5OjMwOjAwLjAwMFoiLDEwNDJd',
  departmentName: 'IT',
  description: 'What it is for.',
  detail: 'There is no ticket #1042, or you may not see it.',
  domain: 'desk.example',
  email: 'anna@client.example',
  en: 'Repaired',
  fr: 'Réparé',
  de: 'Repariert',
  filename: 'invoice.pdf',
  folder: 'INBOX',
  from: 'IT Support <it@desk.example>',
  fromAmount: '500.00',
  holiday: '2026-12-25',
  host: 'mail.example',
  html: '<p>Please switch it off and on again.</p>',
  internetId: 'b1a7f1c2@mail.example',
  item: 'Notebook 14"',
  key: 'repaired',
  label: 'January 2026',
  message: 'There is no ticket #1042, or you may not see it.',
  model: 'Notebook 14',
  name: 'Anna Weber',
  next: 'WyIyMDI2LTAxLTMxVDA5OjMwOjAwLjAwMFoiLDEwNDJd',
  note: 'On site.',
  orderReference: 'PO-2026-0042',
  password: 'correct horse battery',
  path: 'Berlin / Floor 2',
  pointer: '/subject',
  preview: 'It jams on every page.',
  price: '1290.00',
  q: 'printer',
  quantity: '1',
  reason: 'Bought by another department.',
  received: '0',
  reference: 'PO-2026-0042',
  requester: 'anna@client.example',
  resolution: 'repaired',
  serial: 'SN-4711',
  signature: 'IT Support',
  subject: 'The printer jams',
  supplier: 'Printers & Co.',
  tag: 'printer',
  text: 'It jams on every page.',
  textVisible: 'It jams on every page.',
  ticketSubject: 'The printer jams',
  title: 'Invoice 2026-0042',
  to: 'anna@client.example',
  cc: 'anna@client.example',
  token: 'gt_examplexamplexamplexample',
  total: '1290.00',
  type: 'notebook',
  unitPrice: '1290.00',
  user: 'it@desk.example',
  version: '3.1',
  zone: 'Europe/Berlin',
}

const numbers: Record<string, number> = {
  number: 1042,
  ticketNumber: 1042,
  other: 1043,
  ticket: 1042,
  childOf: 1042,
  limit: 50,
  minutes: 15,
  port: 993,
  version: 7,
  status: 404,
}

/** @returns undefined when neither the field's name nor its format says what it holds. */
export function exampleOfField(name: string, schema: JsonSchema): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'integer' || type === 'number') {
    const number = numbers[name]
    return number !== undefined && fits(number, schema) ? number : undefined
  }
  if (type !== 'string' || schema.enum || schema.const !== undefined) return undefined
  if (schema.format === 'uuid') return UUID
  if (schema.format === 'date-time') return TIME
  if (schema.format === 'date') return TIME.slice(0, 10)
  const word = words[name] ?? 'Text'
  return fitsText(word, schema)
    ? word
    : (Object.values(words).find((one) => fitsText(one, schema)) ?? word)
}

const fits = (number: number, { minimum, maximum, exclusiveMinimum }: JsonSchema): boolean =>
  number >= (minimum ?? -Infinity) &&
  number <= (maximum ?? Infinity) &&
  number > (exclusiveMinimum ?? -Infinity)

const fitsText = (
  word: string,
  { pattern, minLength = 0, maxLength = Infinity }: JsonSchema,
): boolean =>
  word.length >= minLength &&
  word.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(word))
