import { isNestedDeeperThan } from '../../../platform/html/element-depth.ts'

/** Elements without content: they open no level. */
const empty = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'param',
  'source',
  'track',
  'wbr',
])
/** Elements that a sibling closes: an unclosed run of them is no nesting. */
const selfClosing = new Set([
  'p',
  'li',
  'dt',
  'dd',
  'option',
  'optgroup',
  'tr',
  'td',
  'th',
  'thead',
  'tbody',
  'tfoot',
  'rt',
  'rp',
])
const tag = /<(?:!--[\s\S]*?(?:-->|$)|(\/?)([a-z][a-z0-9:_-]*)[^<>]*>?)/gi
/** Browsers flatten below 512 levels; HTML parsers here get slow by the square of the depth. */
const deepest = 400
/** What is still deeper for the parser was written to be: it keeps its text alone. */
const deepestParsed = 1000

/**
 * HTML whose elements are nested no deeper than a parser can take: tags below the limit are
 * dropped, their text stays.
 * @returns the same string when it is not that deep.
 */
export function boundedNesting(html: string): string {
  const open = new Map<string, number>()
  const stack: string[] = []
  const dropped = new Map<string, number>()
  let kept = ''
  let at = 0
  let changed = false
  for (const match of html.matchAll(tag)) {
    const name = match[2]?.toLowerCase()
    if (name === undefined || empty.has(name) || selfClosing.has(name)) continue
    let drop = false
    if (match[1] === '') {
      drop = stack.length >= deepest
      if (drop) dropped.set(name, (dropped.get(name) ?? 0) + 1)
      else {
        stack.push(name)
        open.set(name, (open.get(name) ?? 0) + 1)
      }
    } else if ((dropped.get(name) ?? 0) > 0) {
      dropped.set(name, (dropped.get(name) ?? 0) - 1)
      drop = true
    } else if ((open.get(name) ?? 0) > 0) {
      for (let last = stack.pop(); last !== undefined; last = stack.pop()) {
        open.set(last, (open.get(last) ?? 1) - 1)
        if (last === name) break
      }
    }
    if (drop) {
      kept += html.slice(at, match.index)
      at = match.index + match[0].length
      changed = true
    }
  }
  const bounded = changed ? kept + html.slice(at) : html
  return isNestedDeeperThan(deepestParsed, bounded) ? bounded.replace(tag, ' ') : bounded
}
