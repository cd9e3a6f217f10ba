import { Parser } from 'htmlparser2'

/**
 * Whether elements are nested deeper than so many levels, as the parser sees it that also sanitises.
 * Stops at the first that is: the parser gets slow by the square of the depth, and what walks its
 * tree fails.
 */
export function isNestedDeeperThan(levels: number, html: string): boolean {
  let depth = 0
  const parser = new Parser({
    onopentag() {
      depth += 1
      if (depth > levels) parser.pause()
    },
    onclosetag() {
      if (depth <= levels) depth -= 1
    },
  })
  parser.end(html)
  return depth > levels
}
