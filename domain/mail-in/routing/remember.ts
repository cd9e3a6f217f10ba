import type { RoutingCandidate } from './candidate.ts'
import type { MailDecision } from './decision.ts'
import type { RoutingFacts } from './facts.ts'

/**
 * Keeps the facts of a batch true for the mails that are decided after this one. Writes into
 * `facts`.
 * @param ticketNumber the mail's ticket, also one that it opens; null when it has none.
 */
export function remember(
  facts: RoutingFacts,
  candidate: RoutingCandidate,
  decision: MailDecision,
  ticketNumber: number | null,
): void {
  if (ticketNumber === null) return
  const departmentId =
    decision.kind === 'open'
      ? decision.mailbox.departmentId
      : (facts.tickets.get(ticketNumber)?.departmentId ?? null)
  append(facts.duplicates, candidate.contentKey, {
    contentKey: candidate.contentKey,
    mailboxId: candidate.row.mailboxId,
    ticketNumber,
    departmentId,
  })
  if (decision.kind !== 'join' && decision.kind !== 'open') return
  if (!facts.tickets.has(ticketNumber)) {
    const opening = decision.kind === 'open' ? decision.opening : null
    facts.tickets.set(ticketNumber, {
      number: ticketNumber,
      status: null,
      closedAt: null,
      departmentId,
      subject: opening?.subject ?? '',
      requesterEmail: opening?.requester.email ?? '',
    })
  }
  for (const { internetId, isMessage } of decision.references) {
    const known = facts.references.get(internetId)?.find((t) => t.ticketNumber === ticketNumber)
    if (known) known.isMessage ||= isMessage
    else append(facts.references, internetId, { ticketNumber, isMessage })
  }
  const { internetId } = candidate.mail
  const message = { internetId, answered: candidate.answered }
  if (decision.kind === 'open') facts.conversations.set(ticketNumber, [message])
  else facts.conversations.get(ticketNumber)?.push(message)
  const people = facts.participants.get(ticketNumber) ?? new Set()
  for (const address of decision.people) people.add(address)
  facts.participants.set(ticketNumber, people)
  if (decision.kind === 'join' && decision.question) {
    const ticket = facts.tickets.get(ticketNumber)
    if (ticket) ticket.requesterEmail = decision.question.requester.email
  }
  if (decision.acknowledgement) countAutomatic(facts, decision.acknowledgement.to.address)
}

function countAutomatic(facts: RoutingFacts, address: string): void {
  const { hour, day } = facts.automaticTo.get(address) ?? { hour: 0, day: 0 }
  facts.automaticTo.set(address, { hour: hour + 1, day: day + 1 })
  facts.automaticToAll++
}

function append<V>(groups: Map<string, V[]>, key: string, value: V): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}
