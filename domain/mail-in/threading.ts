import { normaliseAddress } from './addresses.ts'

/** A message id the mail refers to, with the tickets that have seen it. */
export interface KnownReference {
  internetId: string
  /**
   * `isMessage`: the id is a message kept in the ticket, not only one that such a message referred
   * to.
   */
  tickets: readonly { ticketNumber: number; isMessage: boolean }[]
}

export interface ThreadingInput {
  /** Tickets of the signed reply addresses found, their tokens verified. */
  tokenTickets: readonly number[]
  /** In the order of `answeredIds`: In-Reply-To, then References newest first. */
  references: readonly KnownReference[]
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
  /** From Authentication-Results: domain/mail-in/authentication-results.ts. */
  senderAuthentication: 'pass' | 'fail' | 'none'
}

export type ThreadingMethod = 'reply-address' | 'reference' | 'subject'

export type Verdict =
  | { kind: 'join'; ticketNumber: number; via: ThreadingMethod; stranger: boolean }
  | { kind: 'open'; linkTo?: number; why: 'nothing-known' | 'stranger' | 'unauthenticated' }

/**
 * Which ticket a mail belongs to: signed reply address, then the ids it answers, then the subject's
 * token; else a new one. Only the signed address is proof of having been written to, so it joins
 * whoever sends (marked, when a stranger does or when the sender failed authentication: mailing
 * lists and forwarding break DMARC for honest people too). An id or a number can be guessed or
 * overheard: from a stranger, or under a name that failed authentication, it never joins; the new
 * ticket is linked to what it names.
 */
export function chooseTicket(input: ThreadingInput): Verdict {
  const failed = input.senderAuthentication === 'fail'
  const belongs = (ticketNumber: number): boolean =>
    !failed && (input.isAgent || participates(input, ticketNumber))

  const signed = input.tokenTickets.find(belongs) ?? input.tokenTickets[0]
  if (signed !== undefined)
    return { kind: 'join', ticketNumber: signed, via: 'reply-address', stranger: !belongs(signed) }

  const candidates = input.references.map((reference) => ranked(input, reference))
  for (const tickets of candidates) {
    const own = tickets.find(belongs)
    if (own !== undefined)
      return { kind: 'join', ticketNumber: own, via: 'reference', stranger: false }
  }
  if (input.subjectTicket !== null && belongs(input.subjectTicket)) {
    return { kind: 'join', ticketNumber: input.subjectTicket, via: 'subject', stranger: false }
  }

  const named = candidates.flat()[0] ?? input.subjectTicket
  return named === null
    ? { kind: 'open', why: 'nothing-known' }
    : { kind: 'open', linkTo: named, why: failed ? 'unauthenticated' : 'stranger' }
}

/**
 * The tickets knowing one id, best first: the sender takes part and it is a message there; takes
 * part; is a message; only referred to.
 */
function ranked(input: ThreadingInput, reference: KnownReference): number[] {
  const rank = (t: { ticketNumber: number; isMessage: boolean }): number =>
    (participates(input, t.ticketNumber) ? 2 : 0) + (t.isMessage ? 1 : 0)
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
