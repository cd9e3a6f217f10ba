import { Parser } from 'htmlparser2'
import { boundedNesting } from '../html/nesting.ts'

const blocks = new Set([
  'address',
  'article',
  'aside',
  'blockquote',
  'center',
  'dd',
  'details',
  'div',
  'dl',
  'dt',
  'fieldset',
  'figcaption',
  'figure',
  'footer',
  'form',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hr',
  'legend',
  'li',
  'main',
  'nav',
  'ol',
  'p',
  'pre',
  'section',
  'table',
  'tbody',
  'tfoot',
  'thead',
  'tr',
  'ul',
  'caption',
])
/** Elements with a blank line around them. */
const paragraphs = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'dl',
  'blockquote',
  'pre',
  'table',
])
const silent = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'object',
  'svg',
  'math',
  'select',
  'textarea',
])

/**
 * The plain text of an HTML mail: paragraphs, lists, table rows as lines, quotations as `> `, links
 * with their address where the text does not say it. One pass without a tree, so a mail of 10 MB is
 * only ten times a mail of 1 MB.
 */
export function htmlToText(html: string): string {
  const writer = new TextWriter()
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: (name) => writer.close(name),
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  )
  parser.write(boundedNesting(html))
  parser.end()
  return writer.result()
}

class TextWriter {
  #lines: string[] = []
  #line = ''
  #blankBefore = false
  #quoteDepth = 0
  #pre = 0
  #hidden: string[] = []
  #space = false
  #lists: (number | null)[] = []
  #links: { href: string; from: number; line: number }[] = []
  #cells = 0

  open(name: string, attributes: Record<string, string>): void {
    if (this.#hidden.length > 0 || silent.has(name) || isHidden(name, attributes)) {
      if (name !== 'br' && name !== 'img') this.#hidden.push(name)
      return
    }
    if (blocks.has(name))
      this.#break(
        paragraphs.has(name) && !(this.#lists.length > 0 && (name === 'ul' || name === 'ol')),
      )
    switch (name) {
      case 'br':
        this.#break(false, true)
        break
      case 'hr':
        this.#line = '-----'
        this.#break(false)
        break
      case 'blockquote':
        this.#quoteDepth++
        break
      case 'pre':
        this.#pre++
        break
      case 'ul':
        this.#lists.push(null)
        break
      case 'ol':
        this.#lists.push(Number(attributes['start']) || 1)
        break
      case 'li':
        this.#bullet()
        break
      case 'tr':
        this.#cells = 0
        break
      case 'td':
      case 'th':
        if (this.#cells++ > 0 && this.#line !== '') this.#space = true
        break
      case 'a':
        this.#links.push({
          href: attributes['href'] ?? '',
          from: this.#line.length,
          line: this.#lines.length,
        })
        break
      case 'img':
        this.#word(attributes['alt'] ?? '')
        break
    }
  }

  text(text: string): void {
    if (this.#hidden.length > 0) return
    if (this.#pre === 0) {
      this.#word(text)
      return
    }
    for (const [index, line] of text.replace(/\r\n?/g, '\n').split('\n').entries()) {
      if (index > 0) this.#break(false, true)
      this.#line += line
    }
  }

  close(name: string): void {
    if (this.#hidden.length > 0) {
      if (this.#hidden.at(-1) === name) this.#hidden.pop()
      return
    }
    if (name === 'a') this.#closeLink()
    if (blocks.has(name)) this.#break(paragraphs.has(name))
    if (name === 'blockquote' && this.#quoteDepth > 0) this.#quoteDepth--
    if (name === 'pre' && this.#pre > 0) this.#pre--
    if (name === 'ul' || name === 'ol') this.#lists.pop()
  }

  result(): string {
    this.#break(false)
    return this.#lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  }

  #word(text: string): void {
    const collapsed = text
      .replace(/[ \t\r\n\f]+/g, ' ')
      .replace(/[\u200b\u200c\u00ad\ufeff\u034f]+/g, '')
    if (collapsed === '') return
    if (collapsed === ' ') {
      if (this.#line !== '') this.#space = true
      return
    }
    const gap = this.#space || (collapsed.startsWith(' ') && this.#line !== '')
    this.#line += (gap && !/\s$/.test(this.#line) ? ' ' : '') + collapsed.trim()
    this.#space = collapsed.endsWith(' ')
  }

  /**
   * Ends the line.
   * @param paragraph a blank line is due.
   * @param always a line even when nothing stands on it.
   */
  #break(paragraph: boolean, always = false): void {
    const line = this.#line.trimEnd().replace(/\u00a0/g, ' ')
    if (line.trim() !== '' || always) {
      const quote = this.#quoteDepth > 0 ? `${'>'.repeat(Math.min(this.#quoteDepth, 20))} ` : ''
      if (this.#blankBefore && this.#lines.length > 0) this.#lines.push(quote.trimEnd())
      this.#blankBefore = false
      this.#lines.push((quote + (line.trim() === '' ? '' : line)).trimEnd())
    }
    if (paragraph) this.#blankBefore = true
    this.#line = ''
    this.#space = false
  }

  #bullet(): void {
    const count = this.#lists.at(-1) ?? null
    this.#line =
      '  '.repeat(Math.min(Math.max(this.#lists.length - 1, 0), 10)) +
      (count === null ? '- ' : `${count}. `)
    if (count !== null) this.#lists[this.#lists.length - 1] = count + 1
  }

  #closeLink(): void {
    const link = this.#links.pop()
    if (!link || !/^(?:https?|mailto|tel):/i.test(link.href) || link.href.length > 300) return
    const said = link.line === this.#lines.length ? this.#line.slice(link.from).trim() : 'something'
    const target = link.href.replace(/^(?:mailto|tel):/i, '')
    if (
      said !== '' &&
      !said.includes(target) &&
      !target.replace(/^https?:\/\/(?:www\.)?/i, '').startsWith(said)
    )
      this.#line += ` <${target}>`
  }
}

/** Not shown to the reader: the preview line of newsletters. */
const isHidden = (name: string, attributes: Record<string, string>): boolean =>
  name !== 'body' &&
  'style' in attributes &&
  /(?:display\s*:\s*none|mso-hide\s*:\s*all)/i.test(attributes['style'] ?? '')
