import type { CommandName, CommandPayload, Command } from '../../../domain/commands.ts'
import { normaliseAddress } from '../../../domain/mail-in/addresses.ts'
import type { MailAddress } from '../../../domain/mail-in/parsed-mail.ts'
import { baseSubject } from '../../../domain/mail-in/subject-token.ts'
import { isMereThanks } from '../../../domain/mail-in/thanks.ts'
import { SYSTEM, type Requester } from '../../../domain/vocabulary.ts'
import type { StartFacts } from '../../../application/tickets/ticket-workflow.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import type { AddressBook } from './address-book.ts'
import type { Route } from './decision.ts'
import type { RoutingFacts } from './facts.ts'
import type { RoutingCandidate } from './candidates.ts'
import { firstWords } from '../ledger/storable.ts'

export const LONGEST_SUBJECT = 300
export const LONGEST_PREVIEW = 200
const MOST_PARTICIPANTS = 200

/** What is sent to the ticket's workflow, and kept in the ledger to be sent again. */
export interface RoutedCommand {
  name: CommandName
  facts: StartFacts
  command: Command
}

/** Everything that routing one mail writes. */
export interface RoutedMail {
  candidate: RoutingCandidate
  outcome: 'ticket' | 'reply' | 'report' | 'duplicate' | 'ignored'
  outcomeReason: string | null
  ticketNumber: number | null
  messageId: string | null
  /** Null: the mail's end is known now. */
  command: RoutedCommand | null
  message: Record<string, unknown> | null
  references: { internetId: string; ticketNumber: number; messageId: string | null }[]
  participants: { ticketNumber: number; address: string }[]
}

/**
 * A mail that goes into a ticket: its message row and its command.
 * @param ticketNumber the joined or the newly numbered ticket.
 */
export function intoTicket(
  candidate: RoutingCandidate,
  route: Route & { kind: 'join' | 'open' },
  ticketNumber: number,
  facts: RoutingFacts,
  book: AddressBook,
  now: number,
): RoutedMail {
  const { mail, row } = candidate
  const messageId = timeOrderedId(now)
  const stranger = route.kind === 'join' && route.stranger
  const opens = route.kind === 'open'
  const writer = requesterOf(mail.from ?? mail.replyTo[0] ?? null)
  const handed = opens && mail.forwarded && facts.agents.has(writer.email) ? mail.forwarded : null
  const requester = handed ? requesterOf(handed.from) : writer
  const message = {
    messageId,
    from: writer,
    preview: firstWords(mail.textVisible.trim() || mail.text, LONGEST_PREVIEW),
    hasAttachments: mail.attachments.some((a) => !a.inline),
    automatic: mail.automatic.automatic,
    stranger,
    ...(!opens &&
    !mail.attachments.some((a) => !a.inline) &&
    isMereThanks(mail.textVisible, [writer.name])
      ? { thanks: true }
      : {}),
  }
  const subject = firstWords(
    handed ? (handed.subject ?? baseSubject(mail.subject)) : mail.subject,
    LONGEST_SUBJECT,
  )
  const location = facts.locations.get(requester.email)
  const payload: CommandPayload<'mailReceived'> = opens
    ? {
        message,
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
      }
    : { message }
  const people = stranger ? [] : participantsOf(candidate, [requester.email, writer.email], book)
  return {
    candidate,
    messageId,
    ticketNumber,
    outcome: opens ? 'ticket' : 'reply',
    outcomeReason: route.via,
    command: {
      name: 'mailReceived',
      facts: {
        number: ticketNumber,
        resume: !opens,
        ...(opens
          ? {
              subject,
              department: route.mailbox.departmentName,
              priority: 'normal',
              requesterEmail: requester.email,
            }
          : {}),
      },
      command: {
        id: `mail-${row.id}`,
        actor: actorOf(
          writer,
          opens
            ? requester
            : { email: facts.tickets.get(ticketNumber)?.requesterEmail ?? '', name: '' },
        ),
        payload,
      },
    },
    message: messageRow(
      candidate,
      messageId,
      ticketNumber,
      [...(stranger ? ['stranger'] : []), ...(handed ? ['forwarded'] : [])],
      now,
    ),
    references: referencesOf(candidate, ticketNumber, messageId),
    participants: people.map((address) => ({ ticketNumber, address })),
  }
}

/**
 * A delivery report: no message of the conversation, a command to the ticket of the message that
 * bounced.
 */
export function reported(
  candidate: RoutingCandidate,
  { outbound }: Route & { kind: 'report' },
): RoutedMail {
  const reportedRecipients = candidate.mail.report?.recipients ?? []
  const failed = reportedRecipients.filter((r) => r.action === 'failed')
  const delayed = reportedRecipients.filter((r) => r.action === 'delayed')
  const counted = failed.length > 0 || delayed.length === 0 ? failed : delayed
  const payload: CommandPayload<'deliveryReported'> = {
    messageId: outbound.messageId,
    recipient: firstWords(counted.map((r) => r.address).join(', '), 500),
    action: failed.length > 0 || delayed.length === 0 ? 'failed' : 'delayed',
    status: firstWords(counted[0]?.status ?? '', 50),
    detail: firstWords(
      counted.map((r) => r.diagnostic).find((d) => d !== '') ?? candidate.mail.text,
      500,
    ),
  }
  const number = outbound.ticketNumber
  return {
    candidate,
    ticketNumber: number,
    messageId: null,
    outcome: 'report',
    outcomeReason: payload.action,
    command: {
      name: 'deliveryReported',
      facts: { number, resume: true },
      command: { id: `mail-${candidate.row.id}`, actor: SYSTEM, payload },
    },
    message: null,
    references: [],
    participants: [],
  }
}

/** A mail whose end is known at once. */
export const ended = (
  candidate: RoutingCandidate,
  outcome: 'duplicate' | 'ignored',
  outcomeReason: string | null,
  ticketNumber: number | null,
): RoutedMail => ({
  candidate,
  outcome,
  outcomeReason,
  ticketNumber,
  messageId: null,
  command: null,
  message: null,
  references: [],
  participants: [],
})

const requesterOf = (person: MailAddress | null): Requester => ({
  email: person ? normaliseAddress(person.address) || firstWords(person.address, 320) : '',
  name: person ? firstWords(person.name, 200) : '',
})

const actorOf = (writer: Requester, requester: Requester): Command['actor'] => ({
  kind: writer.email === requester.email ? 'requester' : 'correspondent',
  email: writer.email,
  name: writer.name,
})

function participantsOf(
  { mail }: RoutingCandidate,
  first: readonly string[],
  book: AddressBook,
): string[] {
  const others = [...mail.replyTo, ...mail.to, ...mail.cc].map((p) => normaliseAddress(p.address))
  return [...new Set([...first, ...others])]
    .filter((address) => address !== '' && !book.isOwn(address))
    .slice(0, MOST_PARTICIPANTS)
}

function referencesOf(
  { mail, answered }: RoutingCandidate,
  ticketNumber: number,
  messageId: string,
): RoutedMail['references'] {
  const others = answered
    .filter((id) => id !== mail.internetId)
    .map((internetId) => ({ internetId, ticketNumber, messageId: null }))
  return mail.internetId === null
    ? others
    : [{ internetId: mail.internetId, ticketNumber, messageId }, ...others]
}

function messageRow(
  { mail, row }: RoutingCandidate,
  id: string,
  ticketNumber: number,
  flags: string[],
  now: number,
): Record<string, unknown> {
  return {
    id,
    ticket_number: ticketNumber,
    automatic: mail.automatic.automatic,
    internet_id: mail.internetId,
    in_reply_to: mail.inReplyTo[0] ?? null,
    references: mail.references,
    from_address: mail.from
      ? normaliseAddress(mail.from.address) || mail.from.address.slice(0, 320).toLowerCase()
      : '',
    from_name: mail.from?.name.slice(0, 500) ?? '',
    to: mail.to,
    cc: mail.cc,
    reply_to: mail.replyTo,
    subject: mail.subject.slice(0, 4000),
    text: mail.text,
    text_visible: mail.textVisible,
    html: mail.html,
    html_folded: mail.htmlFolded,
    flags: [...new Set([...mail.flags, ...flags])],
    mail_id: row.id,
    source_sha256: row.blobSha256,
    date: plausibleDate(mail.date, row.internalDate, now),
    created_at: new Date(now).toISOString(),
  }
}

/**
 * A clock that was never set, or a forged date, would put the message outside every list: then the
 * server's date counts.
 */
function plausibleDate(date: string | null, internalDate: Date | null, now: number): string {
  const own = date === null ? Number.NaN : Date.parse(date)
  const plausible = own > Date.UTC(1980, 0) && own < now + 7 * 86_400_000
  return new Date(plausible ? own : (internalDate?.getTime() ?? now)).toISOString()
}
