/** Eight quiet pairs that hold 4.5:1 with their text in both themes. */
const pairs = [
  '#3650a8',
  '#1c6b45',
  '#8a4b12',
  '#6a3fa0',
  '#a02c4f',
  '#13667a',
  '#5b5f14',
  '#5a5650',
] as const

/** The same person has the same colour everywhere: chosen by the address. */
export function avatarColour(key: string): string {
  let sum = 7
  for (const letter of key.toLowerCase()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return pairs[sum % pairs.length] ?? pairs[0]
}

/**
 * One or two letters for a person; whole characters also of scripts that need several code units.
 */
export function initials(name: string, email: string): string {
  const words = name
    .trim()
    .split(/[\s.\-_]+/)
    .filter((word) => /\p{L}|\p{N}/u.test(word))
  if (words.length === 0) return ([...email.trim()][0] ?? '?').toUpperCase()
  const first = [...(words[0] ?? '')].find((letter) => /\p{L}|\p{N}/u.test(letter)) ?? '?'
  if (
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Arabic}|\p{Script=Hebrew}/u.test(
      first,
    ) ||
    words.length === 1
  )
    return first.toUpperCase()
  const last = [...(words.at(-1) ?? '')].find((letter) => /\p{L}|\p{N}/u.test(letter)) ?? ''
  return `${first}${last}`.toUpperCase()
}
