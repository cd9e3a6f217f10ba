import {
  attributionSeparator,
  beginsAttribution,
  forwardSeparator,
  headerLine,
  isAttribution,
  looksLikeAttribution,
  opensAttribution,
  originalSeparator,
  programSignature,
} from './quotation-languages.ts'

/**
 * A text in three: what the writer wrote now, what was quoted, and the signature. Nothing is lost:
 * together they are the text.
 */
export interface Quotation {
  visible: string
  quoted: string
  signature: string
}

/**
 * Beyond it only `>` counts: a text of that length is a log, and stays visible as far as it is not
 * quoted.
 */
const mostLines = 5000
const longestSignature = 15

/**
 * Tells apart what is new in a plain text and what is repeated. Conservative: of answers written
 * between or below quoted lines every written line stays visible, with the lines it answers; where
 * nothing new would be left (a mail that only quotes, or only has a signature), all is visible.
 */
export function visibleText(text: string): Quotation {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const cut = quotationStart(lines)
  const { kept, folded } = foldQuotedRuns(lines.slice(0, cut))
  const end = signatureStart(kept)
  const visible = trimmed(kept.slice(0, end))
  if (visible === '') return { visible: text.trim(), quoted: '', signature: '' }
  return {
    visible,
    quoted: trimmed([...folded, ...lines.slice(cut)]),
    signature: trimmed(kept.slice(end)),
  }
}

/**
 * Where the quoted mail begins that reaches to the end of the text without `>`: a separator, a
 * header block, an attribution.
 */
function quotationStart(lines: readonly string[]): number {
  const last = Math.min(lines.length, mostLines)
  for (let i = 0; i < last; i++) {
    const line = lines[i] ?? ''
    if (isQuoted(line)) continue
    if (
      originalSeparator.test(line) ||
      forwardSeparator.test(line) ||
      (line.length < 300 && attributionSeparator.test(line))
    )
      return i
    if (isHeaderBlock(lines, i)) return ruleAbove(lines, i)
    const length = attributionLength(lines, i)
    if (
      length > 0 &&
      !isQuoted(nextWritten(lines, i + length)) &&
      nextWritten(lines, i + length) !== ''
    )
      return i
  }
  return lines.length
}

/**
 * From: with at least two of Date, To, Subject on the lines below; or one of those first, and From
 * with another below.
 */
export function isHeaderBlock(lines: readonly string[], at: number): boolean {
  const first = headerLine(lines[at] ?? '')?.label
  if (first === undefined || first === 'cc') return false
  const seen = new Set<string>([first])
  for (let i = at + 1, looked = 0; i < lines.length && looked < 6; i++) {
    const line = lines[i] ?? ''
    if (line.trim() === '') {
      if (seen.size > 1) break
      continue
    }
    looked++
    const found = headerLine(line)
    if (found) seen.add(found.label)
    else if (first !== 'from') break
  }
  return (
    seen.has('from') &&
    (seen.has('date') || seen.has('subject')) &&
    seen.size >= (first === 'from' ? 3 : 4)
  )
}

/** Outlook draws a line of underscores above its block. */
function ruleAbove(lines: readonly string[], at: number): number {
  let i = at - 1
  while (i >= 0 && (lines[i] ?? '').trim() === '') i--
  return i >= 0 && /^\s*[_\-=]{5,}\s*$/.test(lines[i] ?? '') ? i : at
}

/**
 * How many lines an attribution beginning here takes; clients wrap it over up to four. 0: it is
 * none.
 */
function attributionLength(lines: readonly string[], at: number): number {
  let joined = ''
  if ((lines[at] ?? '').length > 500) return 0
  const opens = opensAttribution(lines[at] ?? '')
  for (let length = 1; length <= 4; length++) {
    const line = lines[at + length - 1]
    if (line === undefined || line.length > 500 || line.trim() === '') return 0
    // The bracket of an address that was wrapped is no quotation mark.
    const closes = /<[^<>]*$/.test(joined) && /^>[^>]{0,40}[:：]\s*$/.test(line)
    if (line.startsWith('>') && !closes) return 0
    // What stands above the line where one begins is written text.
    if (length > 1 && !opens && opensAttribution(line)) return 0
    joined = `${joined}${joined === '' ? '' : ' '}${line.trim()}`
      .replace(/<\s+/g, '<')
      .replace(/\s+>/g, '>')
    if (joined.length > 500) return 0
    // Few lines end so; only those are worth a closer look.
    const ends = /[:：]\s*$/.test(line) || joined.includes('@')
    if (!ends) continue
    if (isAttribution(joined))
      return length === 1 || beginsAttribution(lines[at] ?? '') ? length : 0
    if (length === 1 && looksLikeAttribution(line) && isQuoted(nextWritten(lines, at + 1))) return 1
  }
  return 0
}

/** `>From ` is how a mailbox file protects a line of text. */
const isQuoted = (line: string): boolean => /^\s?>(?!From )/.test(line)

const nextWritten = (lines: readonly string[], from: number): string => {
  for (let i = from; i < Math.min(lines.length, from + 5); i++)
    if ((lines[i] ?? '').trim() !== '') return lines[i] ?? ''
  return ''
}

interface Run {
  quoted: boolean
  from: number
  to: number
}

/**
 * Takes quoted runs (`> `) out, with their attributions: the last one and a first one above a
 * single answer; those between answers stay.
 */
function foldQuotedRuns(lines: readonly string[]): { kept: string[]; folded: string[] } {
  const runs = runsOf(lines)
  const written = runs.filter(
    (run) => !run.quoted && lines.slice(run.from, run.to).some((line) => line.trim() !== ''),
  )
  const body = written.filter((run) => signatureStart(lines.slice(run.from, run.to)) > 0)
  const lastWritten = body.at(-1)
  const answersAfterQuote = body.filter((run) =>
    runs.some((other) => other.quoted && other.to <= run.from),
  ).length
  const kept: string[] = []
  const folded: string[] = []
  for (const run of runs) {
    const trailing = lastWritten === undefined || run.from >= lastWritten.to
    const fold = run.quoted && (trailing || answersAfterQuote <= 1)
    const target = fold ? folded : kept
    for (let i = run.from; i < run.to; i++) target.push(lines[i] ?? '')
  }
  return { kept, folded }
}

/**
 * Alternating runs of quoted and written lines; blank lines between two quoted lines, and the
 * attribution above, belong to the quotation.
 */
function runsOf(lines: readonly string[]): Run[] {
  const runs: Run[] = []
  const add = (quoted: boolean, from: number, to: number): void => {
    const last = runs.at(-1)
    if (last && last.quoted === quoted) last.to = to
    else if (to > from) runs.push({ quoted, from, to })
  }
  for (let i = 0; i < lines.length;) {
    const line = lines[i] ?? ''
    if (isQuoted(line)) {
      add(true, i, i + 1)
      i++
    } else if (line.trim() === '' && runs.at(-1)?.quoted && isQuoted(nextWritten(lines, i))) {
      add(true, i, i + 1)
      i++
    } else {
      const length = line.trim() === '' || i > mostLines ? 0 : attributionLength(lines, i)
      const introduces = length > 0 && isQuoted(nextWritten(lines, i + length))
      const step = introduces ? length : 1
      add(introduces, i, i + step)
      i += step
    }
  }
  return runs
}

/**
 * Where the signature begins: `-- ` (RFC 3676 section 4.3), or the line of a phone or mail program
 * at the end.
 */
function signatureStart(lines: readonly string[]): number {
  let end = lines.length
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end--
  for (let i = end - 1, seen = 0; i >= 0 && seen <= 40; i--, seen++) {
    const line = lines[i] ?? ''
    if (line === '-- ') return i
    if (/^--\s*$/.test(line) && seen <= longestSignature) return i
  }
  for (let i = end - 1, seen = 0; i >= 0 && seen < 3; i--) {
    const line = lines[i] ?? ''
    if (line.trim() === '') continue
    seen++
    if (line.length < 120 && programSignature.test(line)) return i
  }
  return lines.length
}

const trimmed = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd()
