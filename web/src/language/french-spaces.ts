/**
 * French sets a space before : ; ? ! » and after «, at which a line must not break. The catalogue
 * is written with plain spaces, as a keyboard has them; they become narrow no-break spaces (U+202F)
 * here, and U+00A0 beside guillemets and colons, as the Imprimerie nationale sets them.
 * @param tree texts and groups of texts.
 * @returns the same tree with its spaces set.
 */
export function withFrenchSpaces<T extends object>(tree: T): T {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'string' ? spaced(value) : withFrenchSpaces(value as object),
    ]),
  ) as T
}

const spaced = (text: string): string =>
  text.replace(/ (?=[»:])|(?<=«) /g, '\u00a0').replace(/ (?=[;?!])/g, '\u202f')
