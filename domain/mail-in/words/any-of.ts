interface Branch {
  ends: boolean
  next: Map<string, Branch>
}

/**
 * One pattern for many words: joined by their common beginnings, so that a text is read once
 * however many they are, and the longest word that fits is found. For flags with and without `u`.
 * @param words in which `…` stands for whatever may be in between, in one line.
 * @param gap how many characters that is at most.
 * @returns the source of a regular expression, a group of its own.
 */
export function anyOf(words: readonly string[], gap = 200): string {
  const root: Branch = { ends: false, next: new Map() }
  for (const word of words) {
    let branch = root
    for (const sign of word) {
      const next = branch.next.get(sign) ?? { ends: false, next: new Map<string, Branch>() }
      branch.next.set(sign, next)
      branch = next
    }
    branch.ends = true
  }
  return `(?:${sourceOf(root, gap)})`
}

/**
 * The same for words that must not be the end of another: those of Latin letters, since other
 * scripts set no spaces, or need none here.
 */
export function anyWordOf(words: readonly string[], gap = 200): string {
  const latin = words.filter((word) => /^[a-z]/.test(word))
  const others = words.filter((word) => !/^[a-z]/.test(word))
  return `(?:${[
    ...(latin.length > 0 ? [`\\b${anyOf(latin, gap)}`] : []),
    ...(others.length > 0 ? [anyOf(others, gap)] : []),
  ].join('|')})`
}

function sourceOf({ ends, next }: Branch, gap: number): string {
  const branches = [...next].map(
    ([sign, branch]) =>
      (sign === '…' ? `.{0,${gap}}` : sign.replace(/[$()*+.?[\\\]^{|}/]/, '\\$&')) +
      sourceOf(branch, gap),
  )
  if (branches.length === 0) return ''
  if (ends) return `(?:${branches.join('|')})?`
  return branches.length === 1 ? (branches[0] ?? '') : `(?:${branches.join('|')})`
}
