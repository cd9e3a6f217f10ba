import { cut } from '../cut.ts'
import { addressesIn, normaliseAddress } from './addresses.ts'
import type { ForwardedOriginal, HeaderField } from './parsed-mail.ts'
import { isHeaderBlock } from './quotation.ts'
import {
  beforeName,
  forwardOpening,
  forwardSeparator,
  headerLine,
  isAttribution,
  type HeaderLabel,
  originalSeparator,
} from './quotation-languages.ts'
import { baseSubject, isForwardSubject } from './subject-token.ts'

export interface ForwardedInput {
  subject: string
  /** The whole plain text. */
  text: string
  /** The header of the mail attached to this one, if any (forwarded as an attachment). */
  attached: readonly HeaderField[] | null
}

const mostLines = 2000

/**
 * The mail that a person forwarded by hand: Gmail's, Thunderbird's and Yahoo's separator, Apple's
 * sentence, Outlook's header block under a subject with FW: (or its like in other languages), or a
 * whole mail attached.
 * @returns null for an answer, and where the forwarded mail does not name its sender's address.
 */
export function forwardedOriginal({
  subject,
  text,
  attached,
}: ForwardedInput): ForwardedOriginal | null {
  return (
    forwardedInText(text, isForwardSubject(subject), /^\s*vs\s*:/i.test(subject)) ??
    (attached ? forwardedAsAttachment(subject, text, attached) : null)
  )
}

/**
 * @param nordic the subject begins with VS:, which is "forwarded" in Danish and Norwegian and
 *   "answer" in Finnish: the block's language tells.
 */
function forwardedInText(
  text: string,
  saysForward: boolean,
  nordic: boolean,
): ForwardedOriginal | null {
  const lines = cut(text, 262_144)
    .replace(/^\ufeff/, '')
    .split('\n', mostLines)
    .map((line) => line.replace(/\r$/, ''))
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (forwardSeparator.test(line)) return readBlock(lines, i + 1)
    const opening = forwardOpening.exec(line)
    const run = opening ? headerLine(line.slice(opening[0].length)) : null
    if (run?.label === 'from') return senderOnly(run.content)
    if (!saysForward && !nordic) continue
    if (saysForward && originalSeparator.test(line)) return readBlock(lines, i + 1)
    if (isHeaderBlock(lines, i) && (saysForward || /^[>*_\s]*fra\b/i.test(line)))
      return readBlock(lines, i)
    // Outlook for Mac forwards under a line of attribution.
    if (saysForward && isAttribution(line) && !/^\s*>/.test(lines[i + 1] ?? ''))
      return senderOnly(line)
  }
  return null
}

function senderOnly(line: string): ForwardedOriginal | null {
  const from = senderIn(line)
  return from
    ? {
        from: {
          ...from,
          name: from.name
            .replace(/^.*?["“„«]\s*([^"”“»]+?)\s*["”“»]?$/, '$1')
            .replace(/^.*\d[\d.:/]*,?\s+/, '')
            .replace(beforeName, ''),
        },
        subject: null,
        date: null,
      }
    : null
}

/**
 * The header block below a separator. Apple quotes it with `> `, Outlook wraps long values, Gmail
 * stars its labels.
 */
function readBlock(lines: readonly string[], from: number): ForwardedOriginal | null {
  const found = new Map<HeaderLabel, string>()
  let open: HeaderLabel | null = null
  for (let i = from, blank = 0; i < Math.min(lines.length, from + 40); i++) {
    const line = (lines[i] ?? '').replace(/^[>\s]+/, '').trimEnd()
    if (line === '') {
      if (found.size > 0 && (found.has('from') || ++blank > 1)) break
      continue
    }
    const field = headerLine(line)
    if (field) {
      open = field.label
      if (!found.has(open)) found.set(open, field.content)
    } else if (open) found.set(open, `${found.get(open) ?? ''} ${line.trim()}`.trim())
    else if (i > from + 5) break
  }
  const sender = senderIn(found.get('from') ?? '')
  return sender
    ? { from: sender, subject: found.get('subject') || null, date: found.get('date') || null }
    : null
}

/** `Anna Smith <a@x>`, `"Smith, Anna" [mailto:a@x]`, `a@x`, `Anna Smith via a@x`. */
function senderIn(value: string): ForwardedOriginal['from'] | null {
  const address = addressesIn(value)[0]
  if (address === undefined) return null
  const at = value.toLowerCase().indexOf(address)
  const name = value
    .slice(0, Math.max(at, 0))
    .replace(/(?:<|\[|\(|mailto:|\*)+\s*$/gi, '')
    .replace(/[<[(\s]*(?:mailto:)?$/i, '')
    .replace(/^["'*\s]+|["'*\s]+$/g, '')
  return { address, name: normaliseAddress(name) === address ? '' : name }
}

/**
 * An attached mail was forwarded when the subject says so, repeats its subject, or nothing else was
 * written.
 */
function forwardedAsAttachment(
  subject: string,
  text: string,
  attached: readonly HeaderField[],
): ForwardedOriginal | null {
  const field = (name: string): string => attached.find((line) => line.name === name)?.value ?? ''
  const sender = senderIn(field('from'))
  const same =
    baseSubject(subject) !== '' &&
    baseSubject(subject).toLowerCase() === baseSubject(field('subject')).toLowerCase()
  if (!sender || !(isForwardSubject(subject) || same || text.trim() === '')) return null
  return { from: sender, subject: field('subject') || null, date: field('date') || null }
}
