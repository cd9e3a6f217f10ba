import { convert } from 'html-to-text'
import sanitizeHtml from 'sanitize-html'
import { isNestedDeeperThan } from '../../platform/html/element-depth.ts'
import { unprocessable } from '../http/problem.ts'

/** An uploaded image that the agent placed in the text. */
export interface InlineImage {
  attachmentId: string
  contentId: string
}

export interface ComposedHtml {
  /** Sanitised; images of our own as `cid:` (RFC 2392), as in mail that comes in. */
  html: string
  text: string
  inline: InlineImage[]
}

/** The editor shows an uploaded image by this address. */
const attachmentSource = /\/attachments\/([0-9a-f]{8}-[0-9a-f-]{27})(?:[?#].*)?$/i

const allowedTags = [
  'p',
  'br',
  'strong',
  'b',
  'em',
  'i',
  'u',
  's',
  'del',
  'sub',
  'sup',
  'a',
  'ul',
  'ol',
  'li',
  'blockquote',
  'pre',
  'code',
  'h1',
  'h2',
  'h3',
  'h4',
  'hr',
  'img',
  'table',
  'thead',
  'tbody',
  'tr',
  'td',
  'th',
  'span',
  'div',
  'figure',
  'figcaption',
]

/** As deep as the HTML of a mail is kept. */
const DEEPEST = 400

/**
 * What an agent wrote in the editor, made fit to leave: no scripts, styles or forms, whoever holds
 * the agent's session.
 * @param html from the browser, not to be trusted.
 * @param domain for the Content-Ids.
 * @throws ProblemError 422 when its elements are nested too deeply.
 */
export function composeHtml(html: string, domain: string): ComposedHtml {
  if (isNestedDeeperThan(DEEPEST, html))
    throw unprocessable(
      'html-too-deep',
      `The elements of this HTML are nested more than ${DEEPEST} levels deep. Make it simpler, or send it as text.`,
      '/html',
    )
  const inline = new Map<string, InlineImage>()
  const clean = sanitizeHtml(html, {
    allowedTags,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
      ol: ['start'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['cid', 'https'] },
    allowProtocolRelative: false,
    transformTags: {
      img: (tagName, attributes) => {
        const attachmentId = attachmentSource.exec(attributes['src'] ?? '')?.[1]?.toLowerCase()
        if (!attachmentId) return { tagName, attribs: attributes }
        const image = inline.get(attachmentId) ?? {
          attachmentId,
          contentId: `${attachmentId}@${domain}`,
        }
        inline.set(attachmentId, image)
        return { tagName, attribs: { ...attributes, src: `cid:${image.contentId}` } }
      },
    },
    // An image whose source was refused would only leave a broken frame.
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs['src'],
  })
  return { html: clean, text: plainTextOf(clean), inline: [...inline.values()] }
}

/** @returns the plain alternative of the HTML: links with their address, images left out. */
const plainTextOf = (html: string): string =>
  convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
      ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  }).trim()
