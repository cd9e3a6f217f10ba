import { cut } from '../../../domain/cut.ts'

/**
 * What a mail may style: itself, in place. Nothing that loads, moves out of the flow, covers or
 * hides.
 */
const properties = new Set([
  'background',
  'background-color',
  'border',
  'border-top',
  'border-right',
  'border-bottom',
  'border-left',
  'border-collapse',
  'border-spacing',
  'border-color',
  'border-style',
  'border-width',
  'border-radius',
  'border-top-width',
  'border-right-width',
  'border-bottom-width',
  'border-left-width',
  'border-top-color',
  'border-right-color',
  'border-bottom-color',
  'border-left-color',
  'border-top-style',
  'border-right-style',
  'border-bottom-style',
  'border-left-style',
  'clear',
  'color',
  'direction',
  'display',
  'float',
  'font',
  'font-family',
  'font-size',
  'font-style',
  'font-variant',
  'font-weight',
  'height',
  'letter-spacing',
  'line-height',
  'list-style',
  'list-style-type',
  'margin',
  'margin-top',
  'margin-right',
  'margin-bottom',
  'margin-left',
  'max-height',
  'max-width',
  'min-height',
  'min-width',
  'padding',
  'padding-top',
  'padding-right',
  'padding-bottom',
  'padding-left',
  'table-layout',
  'text-align',
  'text-decoration',
  'text-indent',
  'text-transform',
  'unicode-bidi',
  'vertical-align',
  'white-space',
  'width',
  'word-break',
  'word-spacing',
  'word-wrap',
  'overflow-wrap',
])
/** Plain values only: no url(), no escapes, no comments, no functions but colours. */
const plain = /^(?:[\w\s#%.,'"+!/-]|\b(?:rgba?|hsla?)\([\d\s.,%/]+\))+$/i
const longestStyle = 4000

/** @returns the declarations of a style attribute that a mail may have; '' when none is left. */
export function safeStyle(style: string): string {
  const kept: string[] = []
  for (const declaration of cut(style, longestStyle).split(';')) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const name = declaration.slice(0, colon).trim().toLowerCase()
    const value = declaration.slice(colon + 1).trim()
    if (
      !properties.has(name) ||
      value === '' ||
      value.length > 300 ||
      value.includes('/*') ||
      !plain.test(value)
    )
      continue
    if (
      name === 'display' &&
      !/^(?:block|inline|inline-block|none|table|table-cell|table-row|list-item)\b/i.test(value)
    )
      continue
    kept.push(`${name}: ${value}`)
  }
  return kept.join('; ')
}
