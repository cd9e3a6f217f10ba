import { REOPEN_DAYS } from '../../tickets/lifecycle.ts'
import {
  type KnownTicket,
  mergeTargetOf,
  type OutboundMessage,
  type RoutingFacts,
} from './facts.ts'
import type { AddressBook, BookedMailbox } from './address-book.ts'
import type { LinkKind } from '../../vocabulary.ts'
import type { RoutingCandidate } from './candidate.ts'
import { intendedMailbox } from '../intended-mailbox.ts'
import { chooseTicket, type Verdict } from '../threading.ts'
import { isMereThanks } from '../thanks.ts'
import { normaliseAddress } from '../addresses.ts'
import { senderAuthentication } from '../authentication-results.ts'

/** Where a mail goes. */
export type Route =
  | {
      kind: 'ignored'
      rule: 'own-mail' | 'report-unknown' | 'report-success'
      ticketNumber?: number
    }
  | { kind: 'duplicate'; ticketNumber: number }
  | { kind: 'report'; outbound: OutboundMessage }
  | {
      kind: 'join'
      ticketNumber: number
      via: string
      stranger: boolean
      /** The ticket has an answer to this mail that has overtaken it: what it would have opened one in. */
      overtaken?: BookedMailbox
      /** Tickets of one thread with it, which this mail has shown to be so. */
      related?: number[]
    }
  | {
      kind: 'open'
      mailbox: BookedMailbox
      via: string
      link: { number: number; kind: LinkKind; subject: string } | null
    }

/**
 * Decides one mail. Pure.
 * @param facts as they stand after the mails before it.
 * @param now milliseconds since 1970.
 */
export function chooseRoute(
  candidate: RoutingCandidate,
  facts: RoutingFacts,
  book: AddressBook,
  now: number,
): Route {
  const { mail, row } = candidate
  if (isOwnMail(candidate, facts, book)) return { kind: 'ignored', rule: 'own-mail' }

  const duplicates = facts.duplicates.get(candidate.contentKey) ?? []
  const before =
    duplicates.find((duplicate) => duplicate.mailboxId === row.mailboxId) ??
    (mail.report ? duplicates[0] : undefined)
  if (before) return { kind: 'duplicate', ticketNumber: before.ticketNumber }
  if (mail.report) return reportRoute(candidate, facts)

  const intended = intendedMailbox(
    { headers: mail.headers, envelopeTo: row.envelopeTo, to: mail.to, cc: mail.cc },
    book.targets,
    row.mailboxId,
  )
  const mailbox = book.mailboxes.get(intended.mailboxId) ?? book.mailboxes.get(row.mailboxId)!
  const verdict = chooseTicket(threadingInput(candidate, facts, book, mailbox.departmentId))

  if (verdict.kind === 'join') {
    const duplicate = duplicates.find(
      (t) => mergeTargetOf(facts, t.ticketNumber) === verdict.ticketNumber,
    )
    if (duplicate) return { kind: 'duplicate', ticketNumber: duplicate.ticketNumber }
    const ticket = facts.tickets.get(verdict.ticketNumber)
    // A machine's late answer, or mere thanks, is kept where it belongs; anything else of a person
    // deserves a ticket that somebody looks at.
    if (
      !ticket ||
      !isLate(ticket, now) ||
      mail.automatic.automatic ||
      isMereThanks(mail.textVisible, [mail.from?.name ?? ''])
    ) {
      const { overtaken, ...joined } = verdict
      return overtaken ? { ...joined, overtaken: mailbox } : joined
    }
    return {
      kind: 'open',
      mailbox,
      via: intended.via,
      link: { number: ticket.number, kind: 'followUpOf', subject: ticket.subject },
    }
  }
  const duplicate = duplicates.find((t) => t.departmentId === mailbox.departmentId)
  if (duplicate) return { kind: 'duplicate', ticketNumber: duplicate.ticketNumber }
  return {
    kind: 'open',
    mailbox,
    via: intended.via,
    link: linkOf(verdict, facts) ?? relation(duplicates[0]?.ticketNumber, facts),
  }
}

/** Our own mail coming back: over a list, an alias, a copy to one of our mailboxes. */
function isOwnMail({ mail }: RoutingCandidate, facts: RoutingFacts, book: AddressBook): boolean {
  if (mail.internetId !== null && facts.outbound.has(mail.internetId)) return true
  return (
    mail.from !== null &&
    book.isOwn(mail.from.address) &&
    mail.headers.some((field) => field.name.startsWith('x-guichet'))
  )
}

function reportRoute({ mail, answered, row }: RoutingCandidate, facts: RoutingFacts): Route {
  const ids = [mail.report?.originalInternetId ?? '', ...answered]
  const outbound =
    ids.map((id) => facts.outbound.get(id)).find((found) => found !== undefined) ??
    facts.reported.get(row.id)
  const reportedRecipients = mail.report?.recipients ?? []
  if (
    reportedRecipients.length > 0 &&
    reportedRecipients.every((r) => r.action !== 'failed' && r.action !== 'delayed')
  ) {
    return {
      kind: 'ignored',
      rule: 'report-success',
      ...(outbound ? { ticketNumber: outbound.ticketNumber } : {}),
    }
  }
  return outbound ? { kind: 'report', outbound } : { kind: 'ignored', rule: 'report-unknown' }
}

function threadingInput(
  candidate: RoutingCandidate,
  facts: RoutingFacts,
  book: AddressBook,
  departmentId: string,
): Parameters<typeof chooseTicket>[0] {
  const { mail } = candidate
  const sender = mail.from ? normaliseAddress(mail.from.address) : ''
  const isOurs = (address: string): boolean => book.isOwn(address) || facts.agents.has(address)
  // A merged ticket goes on elsewhere, and so does mail to it.
  const mergeTarget = (number: number): number => mergeTargetOf(facts, number)
  const tokenTickets = candidate.tokenTickets.map((number) =>
    mergeTarget(splitOffTo(candidate, facts, number) ?? number),
  )
  const subjectTicket =
    candidate.subjectTicket === null ? null : mergeTarget(candidate.subjectTicket)
  // Tickets of the department that was written to come first where an id is known in several.
  const inDepartment = (number: number): number =>
    facts.tickets.get(number)?.departmentId === departmentId ? 0 : 1
  const known = (internetId: string, only: (isMessage: boolean) => boolean) => ({
    internetId,
    tickets: (facts.references.get(internetId) ?? [])
      .filter((t) => only(t.isMessage))
      .map((t) => ({ ...t, ticketNumber: mergeTarget(t.ticketNumber) }))
      .sort((a, b) => inDepartment(a.ticketNumber) - inDepartment(b.ticketNumber)),
  })
  const references = candidate.answered.map((id) => known(id, () => true))
  // An answer that overtook this mail: its ticket knows this mail's own id from References.
  const overtaken = known(mail.internetId ?? '', (isMessage) => !isMessage)
  const named = [
    ...tokenTickets,
    ...(subjectTicket === null ? [] : [subjectTicket]),
    ...[...references, overtaken].flatMap((r) => r.tickets.map((t) => t.ticketNumber)),
  ]
  return {
    tokenTickets,
    references,
    overtaken,
    subjectTicket:
      subjectTicket !== null && facts.tickets.has(subjectTicket) ? subjectTicket : null,
    sender: sender || null,
    isAgent: facts.agents.has(sender),
    participantsByTicket: Object.fromEntries(
      named.map((number) => [number, [...(facts.participants.get(number) ?? [])]]),
    ),
    agreed: new Set(
      named.filter((number) => namesAll(mail, facts.participants.get(number), isOurs)),
    ),
    senderAuthentication: senderAuthentication(mail.headers, sender || null),
  }
}

/** Whoever takes part in a ticket, ours aside, is among those that the mail is from or to. */
function namesAll(
  { from, replyTo, to, cc }: RoutingCandidate['mail'],
  participants: ReadonlySet<string> | undefined,
  isOurs: (address: string) => boolean,
): boolean {
  const named = new Set(
    [...(from ? [from] : []), ...replyTo, ...to, ...cc].map((p) => normaliseAddress(p.address)),
  )
  return [...(participants ?? [])].every((address) => named.has(address) || isOurs(address))
}

/**
 * The answer to a message that was split off bears the address of the ticket it left from; it
 * belongs where the message is now.
 */
const splitOffTo = (
  { answered }: RoutingCandidate,
  facts: RoutingFacts,
  number: number,
): number | undefined =>
  answered
    .flatMap((id) => facts.references.get(id) ?? [])
    .find((t) => t.keptIn === number && t.isMessage)?.ticketNumber

const isLate = (ticket: KnownTicket, now: number): boolean =>
  ticket.status === 'closed' &&
  ticket.closedAt !== null &&
  now - ticket.closedAt.getTime() > REOPEN_DAYS * 86_400_000

function linkOf(
  verdict: Verdict & { kind: 'open' },
  facts: RoutingFacts,
): { number: number; kind: LinkKind; subject: string } | null {
  if (verdict.linkTo === undefined) return null
  return {
    number: verdict.linkTo,
    kind: verdict.why === 'claimed' ? 'relates' : 'suspectedReplyTo',
    subject: facts.tickets.get(verdict.linkTo)?.subject ?? '',
  }
}

const relation = (
  number: number | undefined,
  facts: RoutingFacts,
): { number: number; kind: LinkKind; subject: string } | null =>
  number === undefined
    ? null
    : { number, kind: 'relates', subject: facts.tickets.get(number)?.subject ?? '' }
