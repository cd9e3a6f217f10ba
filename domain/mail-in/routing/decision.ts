import { visibleOrEmpty } from '../../blank-text.ts'
import type { Command, CommandPayload } from '../../commands.ts'
import type { Requester } from '../../vocabulary.ts'
import { normaliseAddress } from '../addresses.ts'
import type { MailAddress } from '../parsed-mail.ts'
import { inReplyOrder, type Threaded } from '../reply-order.ts'
import { firstWords } from '../first-words.ts'
import { baseSubject } from '../subject-token.ts'
import { isMereThanks } from '../thanks.ts'
import { type Acknowledging, acknowledging } from './acknowledgement.ts'
import type { AddressBook } from './address-book.ts'
import type { RoutingCandidate } from './candidate.ts'
import type { OutboundMessage, RoutingFacts } from './facts.ts'
import { chooseRoute, type Route } from './route.ts'

export const LONGEST_SUBJECT = 300
export const LONGEST_PREVIEW = 200
const MOST_PARTICIPANTS = 200
/** Of tickets that a mail which joins one has shown to be of its thread. */
const MOST_OF_THREAD = 5

type MailReceived = CommandPayload<'mailReceived'>

/** A mail that becomes a message of a ticket. */
export interface ReceivedMail {
  actor: Command['actor']
  message: Omit<MailReceived['message'], 'messageId'>
  /** What is shown with it: stranger, forwarded. */
  flags: string[]
  /** Who takes part in the ticket from now on, by address. */
  people: string[]
  /** Ids that the ticket knows from now on; `isMessage`: the mail's own. */
  references: { internetId: string; isMessage: boolean }[]
  /** It comes before everything in its ticket, which its answer has opened. */
  question?: NonNullable<MailReceived['question']>
  /** Null when no machine may answer. */
  acknowledgement: Acknowledging | null
  /** Tickets of one thread with its own, as has turned out by this mail. */
  sameThread?: { number: number; subject: string }[]
}

/** A mail that opens a ticket. */
export interface OpeningMail extends ReceivedMail {
  opening: NonNullable<MailReceived['opening']>
}

/**
 * What follows from a mail: where it goes, what its ticket is told, and whether a machine answers.
 */
export type MailDecision =
  | (Route & { kind: 'ignored' | 'duplicate' })
  | {
      kind: 'report'
      ticketNumber: number
      payload: CommandPayload<'deliveryReported'>
    }
  | (Route & { kind: 'join' } & ReceivedMail)
  | (Route & { kind: 'open' } & OpeningMail)

/**
 * The one function that routes a mail. Pure: the facts are complete before it.
 * @param facts as they stand after the mails before it: `remember`.
 * @param now milliseconds since 1970.
 */
export function decideMail(
  candidate: RoutingCandidate,
  facts: RoutingFacts,
  book: AddressBook,
  now: number,
): MailDecision {
  const route = chooseRoute(candidate, facts, book, now)
  switch (route.kind) {
    case 'ignored':
    case 'duplicate':
      return route
    case 'report':
      return reported(candidate, route.outbound)
    case 'join':
      return { ...route, ...joining(candidate, route, facts, book) }
    case 'open':
      return { ...route, ...openingTicket(candidate, route, facts, book) }
  }
}

function joining(
  candidate: RoutingCandidate,
  { ticketNumber, stranger, overtaken, related = [] }: Route & { kind: 'join' },
  facts: RoutingFacts,
  book: AddressBook,
): ReceivedMail {
  const { mail } = candidate
  const writer = writerOf(candidate)
  const requesterEmail = facts.tickets.get(ticketNumber)?.requesterEmail ?? ''
  const attached = mail.attachments.some((a) => !a.inline)
  const question =
    overtaken && isFirst(candidate, facts.conversations.get(ticketNumber) ?? [])
      ? questionOf(candidate, facts)
      : undefined
  const thanks = !attached && isMereThanks(mail.textVisible, [writer.name])
  return {
    actor: actorOf(writer, requesterEmail),
    message: { ...messageOf(candidate, stranger), ...(thanks ? { thanks } : {}) },
    flags: stranger ? ['stranger'] : [],
    // A stranger is not let in by writing.
    people: stranger ? [] : peopleOf(candidate, [writer.email], book),
    references: referencesOf(candidate),
    ...(question ? { question } : {}),
    // Whoever has opened it was told.
    acknowledgement:
      overtaken && question && question.requester.email !== requesterEmail
        ? acknowledging(
            candidate,
            { mailbox: overtaken, link: null },
            question.requester,
            facts,
            book,
          )
        : null,
    ...(related.length > 0
      ? { sameThread: related.slice(0, MOST_OF_THREAD).map((number) => relation(number, facts)) }
      : {}),
  }
}

/** Whether everything begins with it, in the order in which messages answer each other. */
function isFirst({ mail, answered }: RoutingCandidate, others: readonly Threaded[]): boolean {
  const it = { internetId: mail.internetId, answered }
  return inReplyOrder([...others, it], (message) => message)[0] === it
}

const relation = (number: number, facts: RoutingFacts) => ({
  number,
  subject: firstWords(facts.tickets.get(number)?.subject ?? '', LONGEST_SUBJECT),
})

function openingTicket(
  candidate: RoutingCandidate,
  route: Route & { kind: 'open' },
  facts: RoutingFacts,
  book: AddressBook,
): OpeningMail {
  const writer = writerOf(candidate)
  const handed = handedOn(candidate, facts)
  const { requester, subject, location } = questionOf(candidate, facts)
  return {
    actor: actorOf(writer, requester.email),
    message: messageOf(candidate, false),
    flags: handed ? ['forwarded'] : [],
    people: peopleOf(candidate, [requester.email, writer.email], book),
    references: referencesOf(candidate),
    opening: {
      subject,
      requester,
      priority: 'normal',
      channel: 'mail',
      department: { id: route.mailbox.departmentId, name: route.mailbox.departmentName },
      ...(location ? { location } : {}),
      ...(route.link
        ? { link: { ...route.link, subject: firstWords(route.link.subject, LONGEST_SUBJECT) } }
        : {}),
    },
    acknowledgement: acknowledging(candidate, route, requester, facts, book),
  }
}

/** What a ticket is about that goes by this mail. */
function questionOf(
  candidate: RoutingCandidate,
  facts: RoutingFacts,
): NonNullable<MailReceived['question']> {
  const { mail } = candidate
  const handed = handedOn(candidate, facts)
  const subject = handed ? (handed.subject ?? baseSubject(mail.subject)) : mail.subject
  const requester = handed ? requesterOf(handed.from) : writerOf(candidate)
  return {
    subject: visibleOrEmpty(firstWords(subject, LONGEST_SUBJECT)),
    requester,
    location: facts.locations.get(requester.email) ?? null,
  }
}

/** Forwarded by hand by an agent: whoever wrote the original mail is the requester. */
const handedOn = (candidate: RoutingCandidate, { agents }: RoutingFacts) =>
  agents.has(writerOf(candidate).email) ? candidate.mail.forwarded : null

/**
 * A delivery report: no message of the conversation, a command to the ticket of the message that
 * bounced.
 */
function reported(
  { mail }: RoutingCandidate,
  outbound: OutboundMessage,
): MailDecision & { kind: 'report' } {
  const recipients = mail.report?.recipients ?? []
  const failed = recipients.filter((r) => r.action === 'failed')
  const delayed = recipients.filter((r) => r.action === 'delayed')
  const isFailure = failed.length > 0 || delayed.length === 0
  const counted = isFailure ? failed : delayed
  return {
    kind: 'report',
    ticketNumber: outbound.ticketNumber,
    payload: {
      messageId: outbound.messageId,
      recipient: firstWords(counted.map((r) => r.address).join(', '), 500),
      action: isFailure ? 'failed' : 'delayed',
      status: firstWords(counted[0]?.status ?? '', 50),
      detail: firstWords(counted.map((r) => r.diagnostic).find((d) => d !== '') ?? mail.text, 500),
    },
  }
}

const messageOf = (candidate: RoutingCandidate, stranger: boolean): ReceivedMail['message'] => ({
  from: writerOf(candidate),
  preview: firstWords(candidate.mail.textVisible.trim() || candidate.mail.text, LONGEST_PREVIEW),
  hasAttachments: candidate.mail.attachments.some((a) => !a.inline),
  automatic: candidate.mail.automatic.automatic,
  stranger,
})

const writerOf = ({ mail }: RoutingCandidate): Requester =>
  requesterOf(mail.from ?? mail.replyTo[0] ?? null)

const requesterOf = (person: MailAddress | null): Requester => ({
  email: person ? normaliseAddress(person.address) || firstWords(person.address, 320) : '',
  name: person ? firstWords(person.name, 200) : '',
})

const actorOf = (writer: Requester, requesterEmail: string): Command['actor'] => ({
  kind: writer.email === requesterEmail ? 'requester' : 'correspondent',
  email: writer.email,
  name: writer.name,
})

function peopleOf(
  { mail }: RoutingCandidate,
  first: readonly string[],
  book: AddressBook,
): string[] {
  const others = [...mail.replyTo, ...mail.to, ...mail.cc].map((p) => normaliseAddress(p.address))
  return [...new Set([...first, ...others])]
    .filter((address) => address !== '' && !book.isOwn(address))
    .slice(0, MOST_PARTICIPANTS)
}

const referencesOf = ({ mail, answered }: RoutingCandidate): ReceivedMail['references'] => [
  ...(mail.internetId === null ? [] : [{ internetId: mail.internetId, isMessage: true }]),
  ...answered
    .filter((id) => id !== mail.internetId)
    .map((internetId) => ({ internetId, isMessage: false })),
]
