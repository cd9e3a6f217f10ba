import { type ChildNode, Element, isTag, isText, type ParentNode, Text } from 'domhandler'
import { isHeaderBlock } from '../../../domain/mail-in/quotation.ts'
import { headerLine, isAttribution } from '../../../domain/mail-in/quotation-languages.ts'
import {
  hasOutlookRule,
  isMarkedQuotation,
  isMarkedQuotationStart,
  isMarkedSignature,
} from './mail-program-marks.ts'

/**
 * Elements by which mail programs mark the answered mail. `ends`: it goes on to the end of the
 * mail.
 */
function quotationKind(element: Element): 'element' | 'ends' | null {
  if (isMarkedQuotation(element)) return 'element'
  return isMarkedQuotationStart(element) || isOutlookBlock(element) || isHeaderStart(element)
    ? 'ends'
    : null
}

/** From:/Sent:/To:/Subject: on lines of their own, in one element or in one each. */
function isHeaderStart(element: Element): boolean {
  if (element.name !== 'div' && element.name !== 'p') return false
  const start = readable(textOf(element, 80)).trimStart().split('\n')[0] ?? ''
  if (headerLine(start)?.label !== 'from') return false
  let text = textOf(element, 1200)
  for (
    let next = element.next, siblings = 0;
    next && siblings < 10 && text.length < 1200;
    next = next.next, siblings++
  ) {
    text += isTag(next) ? `\n${textOf(next, 600)}` : isText(next) ? next.data : ''
  }
  return isHeaderBlock(
    readable(text)
      .trimStart()
      .split(/\s*\n\s*/),
    0,
  )
}

/** Text of the tree, where entities stand undecoded, for the rules of plain text. */
const readable = (text: string): string =>
  text
    .replace(/&nbsp;|&#160;|[\u200e\u200f]/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')

/** Word, as Outlook's editor, draws a line above From:/Sent:/To:/Subject:. */
function isOutlookBlock(element: Element): boolean {
  if (!hasOutlookRule(element)) return false
  const start = textOf(element, 400).trim()
  return /^[^:：\n]{1,30}[:：][\s\S]*[:：]/.test(start) && /@|[:：].*\d/s.test(start)
}

/**
 * Puts what a mail quotes, and its signature, into `<details>`; in the tree, nothing is removed.
 * Where written text stands between quotations only the last one is folded, and nothing is where
 * nothing else would be left to read.
 */
export function foldQuotations(document: ParentNode): void {
  const found = search(document)
  const quotations = found.quotations.filter((range) => !isEmpty(range))
  const written = writtenOutside(
    document,
    new Set(quotations.flat()),
    new Set(found.signatures.flat()),
  )
  if (written.segments === 0) return
  const folded = written.between ? quotations.slice(-1).filter(() => !written.after) : quotations
  for (const range of folded) wrap(range, 'data-quote')
  for (const range of found.signatures) if (!isEmpty(range)) wrap(range, 'data-signature')
}

type Range = ChildNode[]

/**
 * A mail has one signature, perhaps a few dashes before it; each is looked at to the end of its
 * block.
 */
const mostDashes = 5

function search(document: ParentNode): { quotations: Range[]; signatures: Range[] } {
  const quotations: Range[] = []
  const signatures: Range[] = []
  const taken = new Set<ChildNode>()
  let dashes = 0
  const pending: ChildNode[] = [...document.children].reverse()
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (taken.has(node)) continue
    if (isText(node) && dashes < mostDashes && isDashes(node)) {
      dashes++
      const range = signatureAfter(node)
      for (const member of range) taken.add(member)
      if (range.length > 0) signatures.push(range)
      continue
    }
    if (!isTag(node)) continue
    delete node.attribs['data-quote']
    delete node.attribs['data-signature']
    const kind =
      quotationKind(node) ?? (node.name === 'blockquote' && isIntroduced(node) ? 'element' : null)
    if (kind !== null) {
      const range = kind === 'ends' ? toTheEnd(node) : withPrefix(node)
      for (const member of range) taken.add(member)
      quotations.push(range)
    } else if (isMarkedSignature(node)) signatures.push([node])
    else pushChildren(pending, node)
  }
  return { quotations, signatures }
}

/**
 * `-- ` alone on its line, with no further signature element: up to the quotation or the end of the
 * block.
 */
function isDashes(text: Text): boolean {
  if (!/^(?:\s|&nbsp;)*-- ?(?:&nbsp;)?\s*$/.test(text.data)) return false
  const before = text.prev
  return before === null || (isTag(before) && /^(?:br|div|p)$/.test(before.name))
}

function signatureAfter(text: Text): Range {
  const range: Range = []
  for (let node: ChildNode | null = text; node; node = node.next) {
    if (
      isTag(node) &&
      (quotationKind(node) !== null || node.name === 'blockquote' || holdsQuotation(node))
    )
      break
    range.push(node)
  }
  return textLength(range) > 1500 ? [] : range
}

const holdsQuotation = (element: Element): boolean =>
  element.children.some(
    (child) => isTag(child) && (quotationKind(child) !== null || holdsQuotation(child)),
  )

/**
 * The quoted block with the line "On … wrote:" above it, which Thunderbird and others set beside
 * it.
 */
function withPrefix(element: Element): Range {
  const range: Range = [element]
  for (let before = element.prev; before; before = before.prev) {
    const text = isText(before)
      ? before.data.replace(/\s+/g, ' ')
      : isTag(before)
        ? textOf(before, 600)
        : ''
    const bare = readable(text).trim()
    const prefix = isTag(before) && /moz-cite-prefix|gmail_attr/.test(before.attribs['class'] ?? '')
    if (bare === '' && (!isTag(before) || before.name === 'br')) continue
    // A paragraph that ends in an attribution but begins with the answer stays where it is.
    if (prefix || (!bare.includes('\n') && isAttribution(bare))) {
      for (let node: ChildNode | null = element.prev; node && node !== before; node = node.prev)
        range.unshift(node)
      range.unshift(before)
    }
    break
  }
  return range
}

/**
 * A blockquote without a mark is a quotation below "On … wrote:", which may end the paragraph
 * above.
 */
function isIntroduced(element: Element): boolean {
  if (withPrefix(element).length > 1) return true
  const before =
    element.prev && isText(element.prev) && element.prev.data.trim() === ''
      ? element.prev.prev
      : element.prev
  return (
    before !== null &&
    isTag(before) &&
    isAttribution(readable(textOf(before, 4000)).trimEnd().split('\n').at(-1) ?? '')
  )
}

/**
 * From the element (or the wrapper it opens) to the end of the mail: later siblings, and those of
 * what contains it.
 */
function toTheEnd(element: Element): Range {
  let start: ChildNode = element
  for (
    let parent = start.parent;
    parent &&
    isTag(parent as ChildNode) &&
    (parent as Element).name !== 'body' &&
    !writtenBefore(start);
    parent = start.parent
  )
    start = parent as Element
  const range: Range = []
  for (let node: ChildNode | null = start; node; node = node.next) range.push(node)
  for (
    let ancestor = start.parent;
    ancestor && isTag(ancestor as ChildNode) && (ancestor as Element).name !== 'html';
    ancestor = (ancestor as Element).parent
  ) {
    for (let node = (ancestor as Element).next; node; node = node.next) range.push(node)
  }
  return range
}

function writtenBefore(node: ChildNode): boolean {
  for (let before = node.prev; before; before = before.prev)
    if (textLength([before]) > 0) return true
  return false
}

/** How much written text stands outside the quotations, and whether between or after them. */
function writtenOutside(
  document: ParentNode,
  quoted: ReadonlySet<ChildNode>,
  signed: ReadonlySet<ChildNode>,
): { segments: number; between: boolean; after: boolean } {
  let segments = 0
  let afterQuote = 0
  let seenQuote = false
  let open = false
  const pending: ChildNode[] = [...document.children].reverse()
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (quoted.has(node)) {
      seenQuote = true
      open = false
    } else if (signed.has(node)) continue
    else if (
      isText(node)
        ? node.data.replace(/&nbsp;|&#160;|&zwnj;|[\s\u00a0\u200b-\u200f\ufeff]/g, '') !== ''
        : isTag(node) && node.name === 'img'
    ) {
      if (!open) {
        segments++
        if (seenQuote) afterQuote++
      }
      open = true
    } else if (isTag(node) && !/^(?:style|script|title|head)$/.test(node.name))
      pushChildren(pending, node)
  }
  return { segments, between: afterQuote > 1, after: open }
}

function wrap(range: Range, mark: 'data-quote' | 'data-signature'): void {
  const first = range[0]
  const parent = first?.parent
  if (!first || !parent) return
  const details = new Element('details', { [mark]: '' }, [])
  parent.children.splice(parent.children.indexOf(first), 0, details)
  details.parent = parent
  for (const node of range) {
    const home = node.parent
    if (home) home.children.splice(home.children.indexOf(node), 1)
    node.parent = details
  }
  details.children = [new Element('summary', {}, []), ...range]
  for (const [index, child] of details.children.entries()) {
    child.parent = details
    child.prev = details.children[index - 1] ?? null
    child.next = details.children[index + 1] ?? null
  }
}

/** So that the first child is taken next. */
function pushChildren(pending: ChildNode[], element: Element): void {
  for (let i = element.children.length - 1; i >= 0; i--) {
    const child = element.children[i]
    if (child) pending.push(child)
  }
}

const isEmpty = (range: Range): boolean => textLength(range) === 0 && !range.some(holdsImage)

const holdsImage = (node: ChildNode): boolean =>
  isTag(node) && (node.name === 'img' || node.children.some(holdsImage))

const textLength = (range: Range): number =>
  range.reduce(
    (sum, node) =>
      sum +
      (isText(node)
        ? node
        : isTag(node)
          ? new Text(textOf(node, 2000))
          : new Text('')
      ).data.replace(/&nbsp;|\s/g, '').length,
    0,
  )

/** The text in an element, as far as asked for. */
function textOf(element: Element, longest: number): string {
  let text = ''
  const pending: ChildNode[] = [...element.children].reverse()
  for (let node = pending.pop(); node && text.length < longest; node = pending.pop()) {
    // Line ends of the source are white space; lines are made by elements.
    if (isText(node)) text += node.data.replace(/\s+/g, ' ')
    else if (isTag(node) && node.name !== 'style') {
      if (/^(?:br|p|div|tr)$/.test(node.name)) text += '\n'
      pushChildren(pending, node)
    }
  }
  return text
}
