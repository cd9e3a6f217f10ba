import type { Requester } from '../../vocabulary.ts'
import { spokenLanguage } from '../../mail-out/language-detection.ts'
import { senderAuthentication } from '../authentication-results.ts'
import { valueOf } from '../header-fields.ts'
import type { MailAddress, ParsedMail } from '../parsed-mail.ts'
import type { AddressBook } from './address-book.ts'
import type { RoutingCandidate } from './candidate.ts'
import type { RoutingFacts } from './facts.ts'
import type { Route } from './route.ts'

/**
 * Most automatic mails to one address in an hour and in a day; to everybody in ten minutes, above
 * which something is in a loop.
 */
export const AUTOMATIC_PER_HOUR = 3
export const AUTOMATIC_PER_DAY = 10
export const AUTOMATIC_STORM = 200

/** "We have received your request", to be written by whoever carries the decision out. */
export interface Acknowledging {
  to: MailAddress
  /** What the sender speaks, as far as it is known. */
  language: string | null
}

/**
 * Whether a mail that opens a ticket, or that a ticket goes by, is acknowledged: where its sender may be answered by a machine
 * (RFC 3834 section 2) and is not being written to too often already. Pure.
 * @param requester of the ticket.
 * @returns null when no machine may answer.
 */
export function acknowledging(
  { mail, row }: RoutingCandidate,
  { mailbox, link }: Pick<Route & { kind: 'open' }, 'mailbox' | 'link'>,
  requester: Requester,
  facts: RoutingFacts,
  book: AddressBook,
): Acknowledging | null {
  if (!mailbox.acknowledge || mail.automatic.automatic || !mail.automatic.mayAnswer) return null
  // The null return path (RFC 5321 section 4.5.5) is the envelope's word for "do not answer".
  if (row.source === 'smtp' && row.envelopeFrom === '') return null
  if (
    link?.kind === 'suspectedReplyTo' ||
    senderAuthentication(mail.headers, mail.from?.address ?? null) === 'fail'
  )
    return null
  // Forwarded by an agent: the requester did not write to us; the agent answers in person.
  if (mail.forwarded && requester.email === mail.forwarded.from.address.toLowerCase()) return null
  if (!requester.email.includes('@') || book.isOwn(requester.email)) return null
  if (tooMany(requester.email, facts)) return null
  return { to: { address: requester.email, name: requester.name }, language: languageOf(mail) }
}

const tooMany = (address: string, { automaticTo, automaticToAll }: RoutingFacts): boolean => {
  const { hour, day } = automaticTo.get(address) ?? { hour: 0, day: 0 }
  return hour >= AUTOMATIC_PER_HOUR || day >= AUTOMATIC_PER_DAY || automaticToAll >= AUTOMATIC_STORM
}

const languageOf = ({ headers, subject, textVisible }: ParsedMail): string | null =>
  /^[a-z]{2}/i.exec(valueOf(headers, 'content-language'))?.[0].toLowerCase() ??
  spokenLanguage(`${subject}\n${textVisible}`)
