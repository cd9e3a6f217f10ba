import { cut } from '../cut.ts'
import type { MailAddress } from './parsed-mail.ts'

/** RFC 5321 section 4.5.3.1: longest local part and longest path. */
export const longestLocalPart = 64
export const longestAddress = 254

/**
 * One spelling for each address: trimmed, no brackets, no `mailto:`, none of Outlook's apostrophes
 * around it, lower case (no known system tells Bob@ from bob@), no final dot.
 * @returns '' when it is no address at all.
 */
export function normaliseAddress(raw: string): string {
  const bare = raw
    .trim()
    .replace(/^<|>$/g, '')
    .replace(/^mailto:/i, '')
    .trim()
    .replace(/^'([^']*)'$/, '$1')
  const address = bare.normalize('NFC').toLowerCase().replace(/\.$/, '')
  return isAddress(address) ? address : ''
}

/**
 * @returns whether mail could be sent there: one local part, one domain, no white space. Not a
 *   promise that it arrives.
 */
export function isAddress(address: string): boolean {
  const at = address.lastIndexOf('@')
  if (at < 1 || address.length > longestAddress + longestLocalPart) return false
  const domain = address.slice(at + 1)
  const local = address.slice(0, at)
  if (
    !/^[^\s@<>()[\],;:"\\\u0000-\u001f]+$/.test(domain) &&
    !/^\[[0-9a-f.:]+\]$/i.test(domain.replace(/^\[ipv6:/i, '['))
  )
    return false
  return local.startsWith('"')
    ? /^"(?:[^"\\\r\n\u0000]|\\.)*"$/.test(local)
    : /^[^\s@<>()[\],;:"\\\u0000-\u001f]+$/.test(local)
}

/** @returns the part after the @, lower case; '' without one. */
export const domainOf = (address: string): string =>
  address.slice(address.lastIndexOf('@') + 1 || address.length).toLowerCase()

/** @returns the part before the @. */
export const localPartOf = (address: string): string =>
  address.slice(0, Math.max(address.lastIndexOf('@'), 0))

/**
 * Splits a plus address (RFC 5233 subaddress): `it+vpn@x` is `it@x` with the tag `vpn`.
 * @returns the base address and the tag, null when there is none.
 */
export function plusAddress(address: string): { base: string; tag: string | null } {
  const local = localPartOf(address)
  const plus = local.indexOf('+')
  if (plus < 1 || local.startsWith('"')) return { base: address, tag: null }
  return { base: `${local.slice(0, plus)}@${domainOf(address)}`, tag: local.slice(plus + 1) }
}

/**
 * The address as a header field or a person reads it (RFC 5322 section 3.4): the name quoted where
 * it must be. Line breaks in a name are dropped: a name must never start a header of its own.
 */
export function displayAddress({ address, name }: MailAddress): string {
  const safe = name.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()
  if (safe === '' || safe === address) return address
  const quoted = /^[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~ ]+$/u.test(safe)
    ? safe
    : `"${safe.replace(/["\\]/g, '\\$&')}"`
  return `${quoted} <${address}>`
}

/** @returns whether both name the same mailbox. */
export const sameAddress = (one: string, other: string): boolean =>
  normaliseAddress(one) !== '' && normaliseAddress(one) === normaliseAddress(other)

/**
 * Addresses written into running text or a loose field, in their order: `Anna <a@x>`, `a@x`, `Anna
 * [mailto:a@x]`.
 */
export function addressesIn(text: string): string[] {
  const found =
    cut(text, 64 * 1024).match(/[^\s<>()[\],;:"\\@]{1,64}@[^\s<>()[\],;:"\\@]{1,255}/g) ?? []
  return [
    ...new Set(
      found
        .map((word) => normaliseAddress(word.replace(/^mailto:/i, '').replace(/[.'*]+$/, '')))
        .filter((a) => a !== ''),
    ),
  ]
}

/**
 * @returns the parts of an address as settings hold it: `it@example.com` or `IT Support
 *   <it@example.com>`.
 */
export function writtenAddress(written: string): MailAddress {
  const match = /^\s*"?([^"<]*?)"?\s*<([^<>]+)>\s*$/.exec(written)
  return match
    ? { name: match[1]!.trim(), address: normaliseAddress(match[2]!) }
    : { name: '', address: normaliseAddress(written) }
}
