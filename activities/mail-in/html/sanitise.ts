import render from 'dom-serializer'
import { parseDocument } from 'htmlparser2'
import sanitizeHtml from 'sanitize-html'
import { fromLabel } from '../../../domain/mail-in/quotation-languages.ts'
import { wellFormedText } from '../../../domain/well-formed-text.ts'
import { foldQuotations } from './quotation-folding.ts'
import { boundedNesting } from './nesting.ts'
import { safeStyle } from './style.ts'

/**
 * Beyond it quotations are not folded: the tree of such a mail costs more than its folding is
 * worth.
 */
const longestFolded = 4 * 1024 * 1024

export interface SanitiseOptions {
  /** False shows quotations open: a forwarded mail is not a quotation to its reader. */
  fold?: boolean
}

/**
 * The HTML of a mail as it may be shown in a sandboxed frame: no script, handler, form, frame,
 * style sheet, or address other than http(s), mailto and tel; inline images by `cid:`, remote ones
 * not loaded but kept as `data-remote-src`; quotations and signatures in
 * `<details data-quote>` and `<details data-signature>` with an empty `<summary>`, for the page to
 * label.
 * @returns safe HTML, '' for a mail without any content. Never fails: what cannot be understood is
 *   left out, its text kept.
 */
export function sanitiseHtml(html: string, { fold = true }: SanitiseOptions = {}): string {
  const bounded = boundedNesting(html)
  const folded =
    fold && bounded.length <= longestFolded && mayHoldQuotation.test(bounded)
      ? foldedHtml(bounded)
      : bounded.replace(ownMarks, '')
  return wellFormedText(sanitizeHtml(folded, policy)).trim()
}

const foldedHtml = (html: string): string => {
  const document = parseDocument(html, { decodeEntities: false })
  foldQuotations(document)
  return render(document, { decodeEntities: false, encodeEntities: false })
}

/** Looked for first: most new mails quote nothing, and need no tree. */
const mayHoldQuotation = new RegExp(
  `blockquote|quot|signature|divRplyFwdMsg|border-top:|reply|reference-message|OLK_SRC|stopSpelling|includetail|-- ?(?:<|&nbsp;|\\r?\\n)|data-quote|data-signature|[>\\s]${fromLabel}(?:\\s|&nbsp;|</?[a-z][^<>]{0,200}>){0,10}[:：]`,
  'i',
)
const ownMarks = /\sdata-(?:quote|signature)\b/gi

const allowed = [
  'a',
  'abbr',
  'address',
  'article',
  'aside',
  'b',
  'bdi',
  'bdo',
  'big',
  'blockquote',
  'br',
  'caption',
  'center',
  'cite',
  'code',
  'col',
  'colgroup',
  'dd',
  'del',
  'details',
  'dfn',
  'div',
  'dl',
  'dt',
  'em',
  'figcaption',
  'figure',
  'font',
  'footer',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hr',
  'i',
  'img',
  'ins',
  'kbd',
  'li',
  'main',
  'mark',
  'nav',
  'ol',
  'p',
  'pre',
  'q',
  'rp',
  'rt',
  'ruby',
  's',
  'samp',
  'section',
  'small',
  'span',
  'strike',
  'strong',
  'sub',
  'summary',
  'sup',
  'table',
  'tbody',
  'td',
  'tfoot',
  'th',
  'thead',
  'time',
  'tr',
  'tt',
  'u',
  'ul',
  'var',
  'wbr',
]

const policy: sanitizeHtml.IOptions = {
  allowedTags: allowed,
  nonTextTags: [
    'style',
    'script',
    'textarea',
    'option',
    'noscript',
    'title',
    'template',
    'svg',
    'math',
    'object',
    'applet',
    'iframe',
    'xml',
  ],
  allowedAttributes: {
    '*': ['style', 'dir', 'lang', 'title', 'align', 'valign', 'bgcolor', 'width', 'height'],
    a: ['href', 'rel', 'target', 'name'],
    img: ['src', 'alt', 'data-remote-src', 'border', 'hspace', 'vspace'],
    table: ['border', 'cellpadding', 'cellspacing', 'rules', 'frame', 'summary'],
    td: ['colspan', 'rowspan', 'nowrap', 'headers', 'scope'],
    th: ['colspan', 'rowspan', 'nowrap', 'headers', 'scope'],
    col: ['span'],
    colgroup: ['span'],
    font: ['color', 'face', 'size'],
    ol: ['start', 'type', 'reversed'],
    ul: ['type'],
    li: ['value', 'type'],
    hr: ['size', 'color', 'noshade'],
    br: ['clear'],
    time: ['datetime'],
    details: ['data-quote', 'data-signature'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['cid', 'data'] },
  allowProtocolRelative: false,
  // Styles are filtered in transformTags; the library would run a CSS parser over every attribute.
  parseStyleAttributes: false,
  transformTags: {
    '*': (tagName, attribs) => ({
      tagName,
      attribs: 'style' in attribs ? styled(attribs) : attribs,
    }),
    a: (tagName, attribs) => ({
      tagName,
      attribs: { ...link(styled(attribs)), rel: 'noopener noreferrer nofollow', target: '_blank' },
    }),
    img: (tagName, attribs) => ({ tagName, attribs: image(styled(attribs)) }),
  },
}

function styled(attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { style, ...others } = attribs
  const safe = style === undefined ? '' : safeStyle(style)
  return safe === '' ? others : { ...others, style: safe }
}

/**
 * An address without a scheme would lead into the page that shows the mail: a mail has no place of
 * its own to be relative to.
 */
function link(attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { href = '', ...others } = attribs
  const target = href.trim()
  if (/^\/\/[^/]/.test(target)) return { href: `https:${target}`, ...others }
  return /^(?:https?|mailto|tel):/i.test(target) ? { href: target, ...others } : others
}

/** Remote images tell their sender who reads when, so they wait until the reader asks. */
function image(attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { src = '', 'data-remote-src': _forged, ...others } = attribs
  const source = src.trim()
  if (/^cid:/i.test(source) || /^data:image\/(?:png|jpe?g|gif|webp|bmp|x-icon);/i.test(source))
    return { ...others, src: source }
  if (/^https?:\/\//i.test(source)) return { ...others, 'data-remote-src': source }
  if (/^\/\/[^/]/.test(source)) return { ...others, 'data-remote-src': `https:${source}` }
  return others
}
