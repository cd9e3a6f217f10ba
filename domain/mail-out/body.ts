import { cut } from '../cut.ts'
import { escapeHtml } from './placeholders.ts'

/** The body of an outgoing mail, in both of its alternatives. */
export interface Body {
  text: string
  html: string
}

/**
 * What was written, before anything is put under it. `html` is null when it was written as plain
 * text.
 */
export interface Written {
  text: string
  html: string | null
}

export interface Quoted {
  /** "On …, Anna wrote:" */
  attribution: string
  /** What the quoted message itself said, without what it quoted in turn. */
  text: string
}

/** Longest quoted text, in characters: the quote gives context, it is not the archive. */
const LONGEST_QUOTE = 20_000

/**
 * Puts a body together: the answer, a closing line if any, the quoted original below.
 * Clients know `> ` and `blockquote type=cite` as quoted text and fold them away.
 */
export function composeBody(written: Written, quoted: Quoted | null, closing: string | null): Body {
  const text = [written.text.trimEnd(), closing, quoted && quotedText(quoted)]
    .filter((part) => part)
    .join('\n\n')
  const html = [
    written.html ?? plainToHtml(written.text.trimEnd()),
    closing && `<p style="color:#666">${escapeHtml(closing)}</p>`,
    quoted && quotedHtml(quoted),
  ]
  return { text: `${text}\n`, html: page(html.filter((part) => part).join('\n')) }
}

/**
 * @returns what the agent wrote with the signature under the delimiter that clients know (RFC 3676
 *   section 4.3).
 */
export const signed = (written: Written, signature: string): Written => {
  const under = signature.trim()
  if (under === '') return written
  return {
    text: `${written.text.trimEnd()}\n\n-- \n${under}`,
    html:
      written.html === null
        ? null
        : `${written.html}\n<div class="signature">--&nbsp;<br>${lines(under)}</div>`,
  }
}

/** @returns plain text as HTML: paragraphs at blank lines, breaks at the others. */
export const plainToHtml = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${lines(paragraph)}</p>`)
    .join('\n')

/** @returns the first words, in one line, for a list. */
export const preview = (text: string): string => cut(text.replace(/\s+/g, ' ').trim(), 200)

const quotedText = ({ attribution, text }: Quoted): string =>
  [
    attribution,
    ...bounded(text)
      .split('\n')
      .map((line) => (line.startsWith('>') ? `>${line}` : line === '' ? '>' : `> ${line}`)),
  ].join('\n')

const quotedHtml = ({ attribution, text }: Quoted): string =>
  `<div class="quote"><p>${escapeHtml(attribution)}</p>\n<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:2px solid #ccc;padding-left:1ex">${plainToHtml(bounded(text))}</blockquote></div>`

const bounded = (text: string): string => {
  const whole = text.trim()
  return whole.length > LONGEST_QUOTE ? `${cut(whole, LONGEST_QUOTE)}\n[…]` : whole
}

/** Leading spaces keep their width: indented text and lists made by hand stay readable. */
const lines = (text: string): string =>
  text
    .split('\n')
    .map((line) => escapeHtml(line).replace(/^ +/, (spaces) => '&nbsp;'.repeat(spaces.length)))
    .join('<br>\n')

const page = (content: string): string =>
  `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>\n<body style="font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:15px;line-height:1.5">\n${content}\n</body></html>\n`
