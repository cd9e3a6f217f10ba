/**
 * Every combination of one of each: how words are written that differ in an ending, a preposition
 * or the thing that they name.
 */
export const everyOf = (...parts: readonly (readonly string[])[]): string[] =>
  parts.reduce<string[]>(
    (begun, next) => begun.flatMap((start) => next.map((end) => start + end)),
    [''],
  )
