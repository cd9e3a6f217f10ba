import type pg from 'pg'
import type { CommandPayload } from '../../../domain/commands.ts'
import { senderAuthentication } from '../../../domain/mail-in/authentication-results.ts'
import { valueOf } from '../../../domain/mail-in/header-fields.ts'
import { spokenLanguage } from '../../../domain/mail-out/language-detection.ts'
import type { MailAddress } from '../../../domain/mail-in/parsed-mail.ts'
import { pgQuery } from '../../../platform/postgres/query.ts'
import type { prepareAcknowledgement } from '../../mail-out/acknowledge.ts'
import type { AddressBook } from './address-book.ts'
import type { Route } from './decision.ts'
import type { RoutingFacts } from './facts.ts'
import type { RoutedMail } from './routed-mail.ts'

/**
 * Most automatic mails to one address in an hour and in a day; to everybody in ten minutes, above
 * which something is in a loop.
 */
export const AUTOMATIC_PER_HOUR = 3
export const AUTOMATIC_PER_DAY = 10
export const AUTOMATIC_STORM = 200

export interface AcknowledgementDependencies {
  /** Writes the message; null where nothing is ever acknowledged. */
  prepareAcknowledgement: typeof prepareAcknowledgement | null
  secretKey: Buffer
  defaultFrom: string
}

/**
 * Adds the acknowledgement to the command of a mail that opens a ticket, where the sender may be
 * answered automatically (RFC 3834 section 2) and is not being written to too often already. To be
 * called in the routing transaction, once the message that is answered is written. Writes into
 * `mail.command`.
 */
export async function acknowledge(
  deps: AcknowledgementDependencies,
  db: pg.PoolClient,
  mail: RoutedMail,
  route: Route & { kind: 'open' },
  facts: RoutingFacts,
  book: AddressBook,
): Promise<void> {
  const to = deps.prepareAcknowledgement ? recipient(mail, route, facts, book) : null
  if (!deps.prepareAcknowledgement || !to || !mail.command || mail.ticketNumber === null) return
  const { candidate } = mail
  const acknowledgement = await deps.prepareAcknowledgement(
    pgQuery(db),
    {
      ticketNumber: mail.ticketNumber,
      departmentId: route.mailbox.departmentId,
      to,
      subject: candidate.mail.subject,
      inReplyTo: candidate.mail.internetId,
      references: candidate.mail.references,
      language:
        /^[a-z]{2}/i.exec(valueOf(candidate.mail.headers, 'content-language'))?.[0].toLowerCase() ??
        spokenLanguage(`${candidate.mail.subject}\n${candidate.mail.textVisible}`),
    },
    deps,
  )
  if (!acknowledgement) return
  const payload = mail.command.command.payload as CommandPayload<'mailReceived'>
  payload.acknowledgement = acknowledgement
  const counted = facts.automaticTo.get(to.address) ?? { hour: 0, day: 0 }
  facts.automaticTo.set(to.address, { hour: counted.hour + 1, day: counted.day + 1 })
  facts.automaticToAll++
}

/** @returns whom to answer; null when no machine may. */
function recipient(
  { candidate, command }: RoutedMail,
  route: Route & { kind: 'open' },
  facts: RoutingFacts,
  book: AddressBook,
): MailAddress | null {
  const { mail, row } = candidate
  const opening = (command?.command.payload as CommandPayload<'mailReceived'> | undefined)?.opening
  if (
    !route.mailbox.acknowledge ||
    !opening ||
    mail.automatic.automatic ||
    !mail.automatic.mayAnswer
  )
    return null
  // The null return path (RFC 5321 section 4.5.5) is the envelope's word for "do not answer".
  if (row.source === 'smtp' && row.envelopeFrom === '') return null
  if (
    route.link?.kind === 'suspectedReplyTo' ||
    senderAuthentication(mail.headers, mail.from?.address ?? null) === 'fail'
  )
    return null
  const to: MailAddress = { address: opening.requester.email, name: opening.requester.name }
  // Forwarded by an agent: the requester did not write to us; the agent answers in person.
  if (mail.forwarded && to.address === mail.forwarded.from.address.toLowerCase()) return null
  if (!to.address.includes('@') || book.isOwn(to.address)) return null
  const counted = facts.automaticTo.get(to.address) ?? { hour: 0, day: 0 }
  const tooMany =
    counted.hour >= AUTOMATIC_PER_HOUR ||
    counted.day >= AUTOMATIC_PER_DAY ||
    facts.automaticToAll >= AUTOMATIC_STORM
  return tooMany ? null : to
}
