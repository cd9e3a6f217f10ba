export interface TextPiece {
  text: string
  href?: string
}

const link =
  /\bhttps?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+\.[^\s<>"']+|\b[^\s<>"'@,;:()[\]]+@[^\s<>"'@,;:()[\]]+\.[a-z]{2,}\b/gi

/**
 * Cuts a plain text at its addresses. Closing punctuation belongs to the sentence, a closing
 * bracket to the bracket that was opened.
 */
export function linked(text: string): TextPiece[] {
  const pieces: TextPiece[] = []
  let from = 0
  for (const match of text.matchAll(link)) {
    const found = trimmed(match[0])
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) })
    pieces.push({ text: found, href: hrefOf(found) })
    from = match.index + found.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

function trimmed(found: string): string {
  let end = found.replace(/[.,;:!?…'"»”]+$/, '')
  while (end.endsWith(')') && !end.includes('(')) end = end.slice(0, -1)
  return end
}

const hrefOf = (found: string): string =>
  /^https?:/i.test(found)
    ? found
    : found.includes('@') && !/^www\./i.test(found)
      ? `mailto:${found}`
      : `https://${found}`
