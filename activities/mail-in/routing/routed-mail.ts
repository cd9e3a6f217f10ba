import { cut } from '../../../domain/cut.ts'
import type { CommandPayload } from '../../../domain/commands.ts'
import { normaliseAddress } from '../../../domain/mail-in/addresses.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import type { RoutingCandidate } from '../../../domain/mail-in/routing/candidate.ts'
import type { MailDecision } from '../../../domain/mail-in/routing/decision.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'

/** A decided mail, with its ticket and all rows that it becomes. */
export interface RoutedMail {
  candidate: RoutingCandidate
  decision: MailDecision
  outcome: 'ticket' | 'reply' | 'report' | 'duplicate' | 'ignored'
  outcomeReason: string | null
  ticketNumber: number | null
  messageId: string | null
  message: ReturnType<typeof messageRow> | null
  references: { internetId: string; ticketNumber: number; messageId: string | null }[]
  participants: { ticketNumber: number; address: string }[]
}

/**
 * The rows that a decided mail becomes.
 * @param ticketNumber the joined or the newly numbered ticket; null when it has none.
 */
export function routedMail(
  candidate: RoutingCandidate,
  decision: MailDecision,
  ticketNumber: number | null,
  now: number,
): RoutedMail {
  const ended = {
    candidate,
    decision,
    ...outcomeOf(decision),
    ticketNumber,
    messageId: null,
    message: null,
    references: [],
    participants: [],
  }
  if ((decision.kind !== 'join' && decision.kind !== 'open') || ticketNumber === null) return ended
  const messageId = timeOrderedId(now)
  return {
    ...ended,
    messageId,
    message: messageRow(candidate, messageId, ticketNumber, decision.flags, now),
    references: decision.references.map(({ internetId, isMessage }) => ({
      internetId,
      ticketNumber,
      messageId: isMessage ? messageId : null,
    })),
    participants: decision.people.map((address) => ({ ticketNumber, address })),
  }
}

function outcomeOf(decision: MailDecision): Pick<RoutedMail, 'outcome' | 'outcomeReason'> {
  switch (decision.kind) {
    case 'ignored':
      return { outcome: 'ignored', outcomeReason: decision.rule }
    case 'duplicate':
      return { outcome: 'duplicate', outcomeReason: null }
    case 'report':
      return { outcome: 'report', outcomeReason: decision.payload.action }
    case 'join':
      return { outcome: 'reply', outcomeReason: decision.via }
    case 'open':
      return { outcome: 'ticket', outcomeReason: decision.via }
  }
}

/**
 * The command that a decided mail is to its ticket.
 * @param acknowledgement as it was written; undefined when there is none.
 * @returns null when the mail's end is known now.
 */
export function commandOf(
  { candidate, decision, ticketNumber, messageId }: RoutedMail,
  acknowledgement: CommandPayload<'mailReceived'>['acknowledgement'],
): RoutedCommand | null {
  if (decision.kind === 'ignored' || decision.kind === 'duplicate' || ticketNumber === null)
    return null
  const id = `mail-${candidate.row.id}`
  if (decision.kind === 'report') {
    return {
      name: 'deliveryReported',
      facts: { number: ticketNumber, resume: true },
      command: { id, actor: SYSTEM, payload: decision.payload },
    }
  }
  const opening = decision.kind === 'open' ? decision.opening : null
  const payload: CommandPayload<'mailReceived'> = {
    message: { ...decision.message, messageId: messageId! },
    ...(opening ? { opening } : {}),
    ...(decision.question ? { question: decision.question } : {}),
    ...(decision.sameThread
      ? {
          sameThread: decision.sameThread.map((other) => ({
            ...other,
            mergeId: timeOrderedId(),
          })),
        }
      : {}),
    ...(acknowledgement ? { acknowledgement } : {}),
  }
  return {
    name: 'mailReceived',
    facts: {
      number: ticketNumber,
      resume: opening === null,
      ...(opening
        ? {
            subject: opening.subject,
            department: opening.department.name,
            priority: opening.priority,
            requesterEmail: opening.requester.email,
          }
        : {}),
    },
    command: { id, actor: decision.actor, payload },
  }
}

function messageRow(
  { mail, row, answered }: RoutingCandidate,
  id: string,
  ticketNumber: number,
  flags: string[],
  now: number,
) {
  return {
    id,
    ticket_number: ticketNumber,
    automatic: mail.automatic.automatic,
    internet_id: mail.internetId,
    in_reply_to: answered[0] ?? null,
    references: mail.references,
    from_address: mail.from
      ? normaliseAddress(mail.from.address) || cut(mail.from.address, 320).toLowerCase()
      : '',
    from_name: cut(mail.from?.name ?? '', 500),
    to: mail.to,
    cc: mail.cc,
    reply_to: mail.replyTo,
    subject: cut(mail.subject, 4000),
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
