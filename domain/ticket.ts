import type { WorkflowLoss } from './vocabulary.ts'

/**
 * The ticket as its workflow holds it: small, serialisable, the fold of its events. Every area adds
 * what it holds in its area.ts.
 */
export interface Ticket {
  number: number
  /** Number of the last event; 0 before the ticket is opened. */
  version: number
  /**
   * From which command the last event came; empty before there is one. Whoever goes on from another
   * one does not go on from the log.
   */
  lastCommandId: string
  updatedAt: string
}

/** The ticket workflow's single argument; the workflow loads anything else itself. */
export interface TicketWorkflowInput {
  number: number
  /** Known to have events already: load the stored state before the first decision. */
  resume: boolean
  /** What became of the run before, where whoever starts this one has found it lost. */
  loss?: WorkflowLoss
}

/** With what a ticket's workflow is started. */
export interface StartFacts extends TicketWorkflowInput {
  /** For the Temporal UI's list, when the ticket is new. */
  subject?: string
  department?: string
  priority?: string
  requesterEmail?: string
}
