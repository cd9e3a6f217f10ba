import type { ParsedMail } from '../parsed-mail.ts'

/** A ledger row that waits to be routed. */
export interface StoredRow {
  id: string
  mailboxId: string
  source: 'imap' | 'smtp'
  contentKey: string
  blobSha256: string
  size: number
  envelopeFrom: string | null
  envelopeTo: string[]
  internalDate: Date | null
}

/**
 * A parsed mail with everything in it that may lead to a ticket: what has to be looked up before it
 * can be decided.
 */
export interface RoutingCandidate {
  row: StoredRow
  mail: ParsedMail
  contentKey: string
  /** Ids it answers, in the order in which they are believed. */
  answered: string[]
  /** Those, its own, and the one a delivery report speaks of. */
  internetIds: string[]
  /** Tickets of signed reply addresses, signatures verified. */
  tokenTickets: number[]
  subjectTicket: number | null
  ticketNumbers: number[]
  /** From, Reply-To and the original sender of a forwarded mail: normalised. */
  writers: string[]
}
