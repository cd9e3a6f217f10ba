import { normaliseAddress } from '../../domain/mail/addresses.ts'
import { senderAuthentication } from '../../domain/mail/authentication-results.ts'
import { intendedMailbox } from '../../domain/mail/recipient.ts'
import { isMereThanks } from '../../domain/service/thanks.ts'
import { chooseTicket, type Verdict } from '../../domain/mail/threading.ts'
import type { LinkKind } from '../../domain/vocabulary.ts'
import type { AddressBook, BookedMailbox } from './address-book.ts'
import { homeOf } from './route-families.ts'
import type { KnownTicket, OutboundMessage, RoutingFacts } from './route-facts.ts'
import type { MailLead } from './route-leads.ts'

/** Where a mail goes. Pure outcome; rows and commands are made from it in route-rows.ts. */
export type Route =
  | {
      kind: 'ignored'
      rule: 'own-mail' | 'report-unknown' | 'report-success'
      ticketNumber?: number
    }
  | { kind: 'duplicate'; ticketNumber: number }
  | { kind: 'report'; outbound: OutboundMessage }
  | { kind: 'join'; ticketNumber: number; via: string; stranger: boolean }
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
 * @returns the route; `needsOutbound` when a delivery report names a ticket by its signed address
 *   but no message of ours.
 */
export function chooseRoute(
  lead: MailLead,
  facts: RoutingFacts,
  book: AddressBook,
  now: number,
): Route | { kind: 'needsOutbound'; ticketNumbers: number[] } {
  const { mail, row } = lead
  if (isOwnMail(lead, facts, book)) return { kind: 'ignored', rule: 'own-mail' }

  const twins = facts.twins.get(lead.contentKey) ?? []
  const before =
    twins.find((twin) => twin.mailboxId === row.mailboxId) ?? (mail.report ? twins[0] : undefined)
  if (before) return { kind: 'duplicate', ticketNumber: before.ticketNumber }
  if (mail.report) return reportRoute(lead, facts)

  const intended = intendedMailbox(
    { headers: mail.headers, envelopeTo: row.envelopeTo, to: mail.to, cc: mail.cc },
    book.targets,
    row.mailboxId,
  )
  const mailbox = book.mailboxes.get(intended.mailboxId) ?? book.mailboxes.get(row.mailboxId)!
  const verdict = chooseTicket(threadingInput(lead, facts, mailbox.departmentId))

  if (verdict.kind === 'join') {
    const twin = twins.find((t) => homeOf(facts, t.ticketNumber) === verdict.ticketNumber)
    if (twin) return { kind: 'duplicate', ticketNumber: twin.ticketNumber }
    const ticket = facts.tickets.get(verdict.ticketNumber)
    // A machine's late answer, or mere thanks, is kept where it belongs; anything else of a person
    // deserves a ticket that somebody looks at.
    if (
      !ticket ||
      !isLate(ticket, book.reopenDays, now) ||
      mail.automatic.automatic ||
      isMereThanks(mail.textVisible, [mail.from?.name ?? ''])
    )
      return verdict
    return {
      kind: 'open',
      mailbox,
      via: intended.via,
      link: { number: ticket.number, kind: 'followUpOf', subject: ticket.subject },
    }
  }
  const twin = twins.find((t) => t.departmentId === mailbox.departmentId)
  if (twin) return { kind: 'duplicate', ticketNumber: twin.ticketNumber }
  return {
    kind: 'open',
    mailbox,
    via: intended.via,
    link: linkOf(verdict, facts) ?? relation(twins[0]?.ticketNumber, facts),
  }
}

/** Our own mail coming back: over a list, an alias, a copy to one of our mailboxes. */
function isOwnMail({ mail }: MailLead, facts: RoutingFacts, book: AddressBook): boolean {
  if (mail.internetId !== null && facts.outbound.has(mail.internetId)) return true
  return (
    mail.from !== null &&
    book.isOwn(mail.from.address) &&
    mail.headers.some((field) => field.name.startsWith('x-guichet'))
  )
}

function reportRoute(
  { mail, answered, tokenTickets }: MailLead,
  facts: RoutingFacts,
): ReturnType<typeof chooseRoute> {
  const ids = [mail.report?.originalInternetId ?? '', ...answered]
  const outbound = ids.map((id) => facts.outbound.get(id)).find((found) => found !== undefined)
  const told = mail.report?.recipients ?? []
  if (told.length > 0 && told.every((r) => r.action !== 'failed' && r.action !== 'delayed')) {
    return {
      kind: 'ignored',
      rule: 'report-success',
      ...(outbound ? { ticketNumber: outbound.ticketNumber } : {}),
    }
  }
  if (outbound) return { kind: 'report', outbound }
  return tokenTickets.length > 0
    ? { kind: 'needsOutbound', ticketNumbers: tokenTickets }
    : { kind: 'ignored', rule: 'report-unknown' }
}

function threadingInput(
  lead: MailLead,
  facts: RoutingFacts,
  departmentId: string,
): Parameters<typeof chooseTicket>[0] {
  const { mail } = lead
  const sender = mail.from ? normaliseAddress(mail.from.address) : ''
  // A merged ticket goes on elsewhere, and so does mail to it.
  const home = (number: number): number => homeOf(facts, number)
  const tokenTickets = lead.tokenTickets.map((number) =>
    home(splitOffTo(lead, facts, number) ?? number),
  )
  const subjectTicket = lead.subjectTicket === null ? null : home(lead.subjectTicket)
  // Tickets of the department that was written to come first where an id is known in several.
  const inDepartment = (number: number): number =>
    facts.tickets.get(number)?.departmentId === departmentId ? 0 : 1
  const known = (internetId: string, only: (isMessage: boolean) => boolean) => ({
    internetId,
    tickets: (facts.references.get(internetId) ?? [])
      .filter((t) => only(t.isMessage))
      .map((t) => ({ ...t, ticketNumber: home(t.ticketNumber) }))
      .sort((a, b) => inDepartment(a.ticketNumber) - inDepartment(b.ticketNumber)),
  })
  const references = lead.answered.map((id) => known(id, () => true))
  // An answer that overtook this mail: its ticket knows this mail's own id from References.
  if (mail.internetId !== null) references.push(known(mail.internetId, (isMessage) => !isMessage))
  const named = [
    ...tokenTickets,
    ...(subjectTicket === null ? [] : [subjectTicket]),
    ...references.flatMap((r) => r.tickets.map((t) => t.ticketNumber)),
  ]
  return {
    tokenTickets,
    references,
    subjectTicket:
      subjectTicket !== null && facts.tickets.has(subjectTicket) ? subjectTicket : null,
    sender: sender || null,
    isAgent: facts.agents.has(sender),
    participantsByTicket: Object.fromEntries(
      named.map((number) => [number, [...(facts.participants.get(number) ?? [])]]),
    ),
    senderAuthentication: senderAuthentication(mail.headers, sender || null),
  }
}

/**
 * The answer to a message that was split off bears the address of the ticket it left from; it
 * belongs where the message is now.
 */
const splitOffTo = (
  { answered }: MailLead,
  facts: RoutingFacts,
  number: number,
): number | undefined =>
  answered
    .flatMap((id) => facts.references.get(id) ?? [])
    .find((t) => t.keptIn === number && t.isMessage)?.ticketNumber

const isLate = (ticket: KnownTicket, reopenDays: number, now: number): boolean =>
  ticket.status === 'closed' &&
  ticket.closedAt !== null &&
  now - ticket.closedAt.getTime() > reopenDays * 86_400_000

function linkOf(
  verdict: Verdict & { kind: 'open' },
  facts: RoutingFacts,
): { number: number; kind: LinkKind; subject: string } | null {
  if (verdict.linkTo === undefined) return null
  return {
    number: verdict.linkTo,
    kind: 'suspectedReplyTo',
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
