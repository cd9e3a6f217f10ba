import type { TicketStatus } from '../vocabulary.ts'

/** This ticket goes on in another one. */
export interface MergedInto {
  mergeId: string
  number: number
  /** ISO time. */
  at: string
  /** What undoing the merge brings back. */
  before: { status: TicketStatus; solvedAt: string | null; closedAt: string | null }
}

/** A ticket that goes on in this one. */
export interface MergedTicket {
  mergeId: string
  number: number
  subject: string
  messageCount: number
  /** Ids of the watchers that came with it: they leave with it. */
  joined: string[]
}

/** Messages of this ticket that became a ticket of their own. */
export interface SplitOff {
  splitId: string
  number: number
  subject: string
  messageCount: number
  /** Given away, so that no other split is given them too. */
  messageIds: string[]
}

/** Where this ticket was split from, as long as the split stands. */
export interface SplitFrom {
  splitId: string
  number: number
  messageCount: number
  /** Those that count: when the split is undone they leave, unless this ticket gave them away. */
  messageIds: string[]
}

/** Merged and split tickets: what a ticket's workflow holds of them. */
export interface MergingState {
  mergedInto: MergedInto | null
  mergedTickets: MergedTicket[]
  splitOff: SplitOff[]
  splitFrom: SplitFrom | null
  /** A person has done something to it: it is merged by nobody but people. */
  handled?: true
}

export const noMergingState = (): MergingState => ({
  mergedInto: null,
  mergedTickets: [],
  splitOff: [],
  splitFrom: null,
})

/** Most tickets that one ticket takes in, and most splits of it: its state stays small. */
export const MOST_PER_TICKET = 200
/** Most messages that one split moves: its event stays small. */
export const LARGEST_SPLIT = 500
/** Most messages that all splits of a ticket move: so does its state. */
export const MOST_SPLIT_OFF = 10_000
