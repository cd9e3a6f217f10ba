import { contentOf, type Entity } from './entity.ts'

/**
 * S/MIME (RFC 8551), PGP/MIME (RFC 3156) and inline PGP: shown as such, never verified or decrypted
 * here.
 */
const isPkcs7 = (part: Entity): boolean => /^application\/(?:x-)?pkcs7-mime$/.test(part.contentType)

/** Object identifiers in DER: what a CMS message (RFC 5652) is. */
const signedData = Buffer.from('06092a864886f70d010702', 'hex')
const envelopedData = [
  Buffer.from('06092a864886f70d010703', 'hex'),
  Buffer.from('060b2a864886f70d0109100117', 'hex'),
]
const plainData = Buffer.from('06092a864886f70d010701', 'hex')

/** @returns the flags that a part's type stands for: `signed`, `encrypted`. */
export function securityFlags(part: Entity): string[] {
  if (part.contentType === 'multipart/signed') return ['signed']
  if (part.contentType === 'multipart/encrypted') return ['encrypted']
  if (!isPkcs7(part)) return []
  const kind = (part.params['smime-type'] ?? '').toLowerCase()
  if (kind.startsWith('signed')) return ['signed']
  if (kind.startsWith('enveloped') || kind.startsWith('authenveloped')) return ['encrypted']
  const head = contentOf(part).subarray(0, 64)
  return head.includes(signedData)
    ? ['signed']
    : envelopedData.some((id) => head.includes(id))
      ? ['encrypted']
      : []
}

/** @returns the flags of a text with inline PGP armour (RFC 9580 section 6). */
export function armourFlags(text: string): string[] {
  const flags: string[] = []
  if (/^-----BEGIN PGP SIGNED MESSAGE-----\s*$/m.test(text)) flags.push('signed')
  if (/^-----BEGIN PGP MESSAGE-----\s*$/m.test(text)) flags.push('encrypted')
  return flags
}

/**
 * The text of an inline-signed message without its armour; the text itself when it has none or is
 * damaged.
 */
export function withoutArmour(text: string): string {
  const match =
    /^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+:[^\n]*\n)*\n([\s\S]*?)\n-----BEGIN PGP SIGNATURE-----\n[\s\S]*?\n-----END PGP SIGNATURE-----[ \t]*$/m.exec(
      text,
    )
  if (!match) return text
  const signed = (match[1] ?? '').replace(/^- (?=-)/gm, '')
  return text.slice(0, match.index) + signed + text.slice(match.index + match[0].length)
}

/**
 * The MIME entity inside an opaque-signed S/MIME part (RFC 8551 section 3.5.2): there the body is
 * readable without any key.
 * @returns null for enveloped or damaged data.
 */
export function signedContent(part: Entity): Buffer | null {
  if (!isPkcs7(part) || part.contentType.includes('signature')) return null
  const der = contentOf(part)
  if (!der.subarray(0, 64).includes(signedData)) return null
  const id = der.indexOf(plainData)
  if (id < 0) return null
  const explicit = element(der, id + plainData.length)
  if (!explicit || explicit.tag !== 0xa0) return null
  const chunks = octets(der, explicit.start, explicit.end, 0)
  return chunks.length > 0 ? Buffer.concat(chunks) : null
}

interface Element {
  tag: number
  start: number
  end: number
  after: number
}

/**
 * One BER element; indefinite lengths reach to the end of the data, where their contents end by
 * themselves.
 */
function element(der: Buffer, at: number): Element | null {
  const tag = der[at]
  const first = der[at + 1]
  if (tag === undefined || first === undefined) return null
  if (first === 0x80) return { tag, start: at + 2, end: der.length, after: der.length }
  const size = first < 0x80 ? 0 : first & 0x7f
  if (size > 6 || at + 2 + size > der.length) return null
  const length = size === 0 ? first : der.readUIntBE(at + 2, size)
  const start = at + 2 + size
  return {
    tag,
    start,
    end: Math.min(start + length, der.length),
    after: Math.min(start + length, der.length),
  }
}

/**
 * The octet strings from there on, those of a constructed one included (BER splits long content).
 */
function octets(der: Buffer, start: number, end: number, depth: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = start; at < end && chunks.length < 1_000_000;) {
    const found = element(der, at)
    if (!found || (found.tag !== 0x04 && found.tag !== 0x24)) break
    if (found.tag === 0x04) chunks.push(der.subarray(found.start, found.end))
    else if (depth < 8)
      for (const chunk of octets(der, found.start, found.end, depth + 1)) chunks.push(chunk)
    at = found.after
  }
  return chunks
}
