import type { Element } from 'domhandler'

/** How mail programs mark, in HTML, what they quote and what is their user's signature. */

/** Outlook on the web puts this before classes and ids of mails that it quotes. */
const QUOTED_BY_OUTLOOK = /^x_/

const quotationClasses: ReadonlySet<string> = new Set([
  'gmail_quote',
  'gmail_quote_container',
  'protonmail_quote',
  'yahoo_quoted',
  'tutanota_quote',
  'zmail_extra',
  'moz-forward-container',
  'quoted-mail',
])

const quotationIds: ReadonlySet<string> = new Set([
  'isReplyContent',
  'mail-editor-reference-message-container',
  'OLK_SRC_BODY_SECTION',
  'origbody',
])

/** The quotation begins here and goes on to the end of the mail. */
const quotationStartIds: ReadonlySet<string> = new Set(['divRplyFwdMsg', 'stopSpelling'])

const signatureClasses: ReadonlySet<string> = new Set([
  'gmail_signature',
  'moz-signature',
  'protonmail_signature_block',
  'yahoo_signature',
  'elementToProof-signature',
])

const signatureIds: ReadonlySet<string> = new Set([
  'Signature',
  'ms-outlook-mobile-signature',
  'AppleMailSignature',
  'lineBreakAtBeginningOfSignature',
])

/** Colours of the line that Word, as Outlook's editor, draws above From:/Sent:/To:/Subject:. */
const ruleColours = ['#E1E1E1', '#B5C4DF', 'windowtext']
const outlookRule = new RegExp(
  String.raw`border-top\s*:\s*(?:solid\s+(?:${ruleColours.join('|')})|(?:1(?:\.0)?pt|1px)\s+solid)`,
  'i',
)

const idOf = ({ attribs }: Element): string => (attribs['id'] ?? '').replace(QUOTED_BY_OUTLOOK, '')
const classesOf = ({ attribs }: Element): string[] => (attribs['class'] ?? '').split(/\s+/)

export function isMarkedQuotation(element: Element): boolean {
  const { name, attribs } = element
  if (name === 'includetail') return true
  if (name === 'blockquote' && isCitation(attribs)) return true
  const id = idOf(element)
  return (
    classesOf(element).some((one) => quotationClasses.has(one.replace(QUOTED_BY_OUTLOOK, ''))) ||
    quotationIds.has(id) ||
    id.startsWith('yahoo_quoted') ||
    (attribs['name'] ?? '').includes('messageReplySection')
  )
}

const isCitation = (attribs: Element['attribs']): boolean =>
  attribs['type']?.toLowerCase() === 'cite' ||
  attribs['cite'] !== undefined ||
  /quote/i.test(attribs['class'] ?? '')

export function isMarkedQuotationStart(element: Element): boolean {
  const id = idOf(element)
  return quotationStartIds.has(id) || (id === 'reply-intro' && element.name !== 'blockquote')
}

export const isMarkedSignature = (element: Element): boolean =>
  classesOf(element).some((one) => signatureClasses.has(one)) ||
  element.attribs['data-smartmail'] === 'gmail_signature' ||
  signatureIds.has(element.attribs['id'] ?? '')

export const hasOutlookRule = ({ name, attribs }: Element): boolean =>
  name === 'div' && outlookRule.test(attribs['style'] ?? '')
