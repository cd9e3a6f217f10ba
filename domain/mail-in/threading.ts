import { normaliseAddress } from './addresses.ts'

/** A message id the mail refers to, with the tickets that have seen it. */
export interface KnownReference {
  internetId: string
  /**
   * `isMessage`: the id is a message kept in the ticket, not only one that such a message claims to
   * answer.
   */
  tickets: readonly { ticketNumber: number; isMessage: boolean }[]
}

export interface ThreadingInput {
  /** Tickets of the signed reply addresses found, their tokens verified. */
  tokenTickets: readonly number[]
  /** In the order of `answeredIds`: In-Reply-To, then References newest first. */
  references: readonly KnownReference[]
  /** The mail's own id, in tickets with an answer to it that has overtaken it. */
  overtaken?: KnownReference
  /** The number of `[#1042]` in the subject, when such a ticket exists. */
  subjectTicket: number | null
  /** Null when the mail has no usable From. */
  sender: string | null
  /** The sender is one of our agents. */
  isAgent: boolean
  /**
   * For each ticket named above: requester, watchers, and everybody a message of it came from or
   * went to.
   */
  participantsByTicket: Readonly<Record<number, readonly string[]>>
  /** Of these tickets, those where nobody takes part whom the mail does not name, but ours. */
  agreed: ReadonlySet<number>
  /** From Authentication-Results: domain/mail-in/authentication-results.ts. */
  senderAuthentication: 'pass' | 'fail' | 'none'
}

export type ThreadingMethod = 'reply-address' | 'reference' | 'subject'

export type Verdict =
  | {
      kind: 'join'
      ticketNumber: number
      via: ThreadingMethod
      stranger: boolean
      /** The ticket has an answer to this mail that has overtaken it. */
      overtaken?: true
      /** Other tickets with such an answer. */
      related?: number[]
    }
  | {
      kind: 'open'
      linkTo?: number
      why: 'nothing-known' | 'stranger' | 'unauthenticated' | 'claimed'
    }

/**
 * Which ticket a mail belongs to: signed reply address, then the ids it answers, then the subject's
 * token, then an answer to it that has overtaken it; else a new one. Only the signed address is
 * proof of having been written to, so it joins whoever sends (marked, when a stranger does or when
 * the sender failed authentication: mailing lists and forwarding break DMARC for honest people
 * too). An id or a number can be guessed or overheard: from a stranger, or under a name that failed
 * authentication, it never joins; the new ticket is linked to what it names.
 *
 * An id of a mail that never came here is no more than claimed, by whoever wrote it into References:
 * such a claim joins only where both sides name each other. docs/decisions/0024-order-in-a-thread.md
 */
export function chooseTicket(input: ThreadingInput): Verdict {
  const failed = input.senderAuthentication === 'fail'
  const belongs = (ticketNumber: number): boolean =>
    !failed && (input.isAgent || participates(input, ticketNumber))

  const claimed: number[] = []
  const standing = ({ internetId, tickets }: KnownReference): KnownReference => {
    const stands = ({ ticketNumber, isMessage }: KnownReference['tickets'][number]): boolean =>
      isMessage || (input.agreed.has(ticketNumber) && belongs(ticketNumber))
    claimed.push(...tickets.filter((t) => !stands(t)).map((t) => t.ticketNumber))
    return { internetId, tickets: tickets.filter(stands) }
  }
  const candidates = input.references.map((reference) => ranked(input, standing(reference)))
  const answers = input.overtaken ? ranked(input, standing(input.overtaken)) : []
  const join = (ticketNumber: number, via: ThreadingMethod, stranger = false): Verdict => {
    const related = [...new Set(answers)].filter((other) => other !== ticketNumber)
    const verdict = { kind: 'join' as const, ticketNumber, via, stranger }
    if (stranger) return verdict
    return {
      ...verdict,
      ...(answers.includes(ticketNumber) ? { overtaken: true as const } : {}),
      ...(related.length > 0 ? { related } : {}),
    }
  }

  const signed = input.tokenTickets.find(belongs) ?? input.tokenTickets[0]
  if (signed !== undefined) return join(signed, 'reply-address', !belongs(signed))
  for (const tickets of candidates) {
    const own = tickets.find(belongs)
    if (own !== undefined) return join(own, 'reference')
  }
  if (input.subjectTicket !== null && belongs(input.subjectTicket))
    return join(input.subjectTicket, 'subject')
  if (answers[0] !== undefined) return join(answers[0], 'reference')

  const named = candidates.flat()[0] ?? input.subjectTicket
  if (named !== null)
    return { kind: 'open', linkTo: named, why: failed ? 'unauthenticated' : 'stranger' }
  return claimed[0] === undefined
    ? { kind: 'open', why: 'nothing-known' }
    : { kind: 'open', linkTo: claimed[0], why: 'claimed' }
}

/**
 * The tickets knowing one id, best first: the sender takes part; it is a message there; nobody takes
 * part whom the mail does not name, so that a copy of the id which somebody else has sent us comes
 * after the message itself.
 */
function ranked(input: ThreadingInput, reference: KnownReference): number[] {
  const rank = (t: { ticketNumber: number; isMessage: boolean }): number =>
    (participates(input, t.ticketNumber) ? 4 : 0) +
    (t.isMessage ? 2 : 0) +
    (input.agreed.has(t.ticketNumber) ? 1 : 0)
  return [...reference.tickets].sort((a, b) => rank(b) - rank(a)).map((t) => t.ticketNumber)
}

function participates(input: ThreadingInput, ticketNumber: number): boolean {
  const sender = normaliseAddress(input.sender ?? '')
  return (
    sender !== '' &&
    (input.participantsByTicket[ticketNumber] ?? []).some(
      (person) => normaliseAddress(person) === sender,
    )
  )
}
