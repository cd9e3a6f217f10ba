import type { RefusalValues } from '../../domain/command-rule.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { Explanation } from '../../domain/explanation.ts'
import type { ProblemCode } from '../../domain/problem-codes.ts'
import type { Premise } from '../../domain/premises.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { TicketJob } from '../../domain/ticket-jobs.ts'
import type { Notification } from '../../domain/notifications.ts'
import type { Written } from '../../domain/written-in.ts'
import type { WorkflowLoss } from '../../domain/vocabulary.ts'

/** What the ticket workflow asks of activities/projection. */
export interface ProjectionActivities {
  /**
   * Writes events, projection and outcomes in one transaction. Safe to run twice.
   * @returns nothing where it was written and nothing is owed, as nearly always: what is returned is
   *   kept in the history.
   */
  persistEvents: (batch: PersistBatch) => Promise<PersistOutcome | undefined>
  /**
   * Keeps a command that `persistEvents` can never write where admins see it; of one that a mail
   * came to, the mail goes into quarantine.
   */
  keepUnwritten: (unwritten: UnwrittenCommand) => Promise<void>
  /** @returns the stored ticket, unopened when it has no event, and what it owes. */
  loadTicket: (number: number) => Promise<LoadedTicket>
  /** Jobs whose commands came to nothing that would have been written. */
  settleJobs: (settled: { ticketNumber: number; jobs: TicketJob[] }) => Promise<void>
}

export interface LoadedTicket {
  ticket: Ticket
  owed: TicketJob[]
}

export interface PersistBatch {
  ticket: Ticket
  /** The version that the events build on. */
  basedOn: number
  /** The command that made it. */
  basedOnCommand?: string
  events: TicketEvent[]
  /** Who is to be told of them. */
  notifications?: Notification[]
  /** Jobs whose commands are decided with these events: nothing is owed for them any more. */
  done?: TicketJob[]
  /** What became of commands without events. */
  outcomes?: CommandOutcome[]
  /** What was written with commands that are refused by lines among the events. */
  returned?: ReturnedWriting[]
  /** What has to hold for them where nobody waits any more. */
  premises?: CommandPremises[]
  /** Commands that people wait for, in their order: nothing is written while they overtake others. */
  asked?: string[]
}

/** What has to hold outside the ticket for a command that may be decided long after it was sent. */
export interface CommandPremises {
  commandId: string
  /** Seconds since 1970: what is decided until then holds as it was looked up. */
  answerBy: number
  /** That it asks of its sender. */
  right: string
  /** Where the ticket was when its sender saw it. */
  seenIn: TicketPlace
  /** Where it is when the command is done. */
  usedIn: TicketPlace
  /** The account of whoever sent it. */
  senderId: string | null
  premises: Premise[]
}

/** By which people see a ticket. */
export interface TicketPlace {
  departmentId: string
  locationId: string | null
}

/** What does not hold any more, by command. */
export type UntruePremises = Record<string, Premise[]>

/** What somebody wrote with a command that nothing comes of any more. */
export interface ReturnedWriting {
  commandId: string
  /** Null: somebody without an account. */
  writerId: string | null
  written: Written
}

/** For whoever waits for the answer to a command that left no event, or was refused. */
export interface CommandOutcome {
  commandId: string
  /** Null: accepted, and nothing changed. */
  code: ProblemCode | null
  message: string
  values?: RefusalValues
  /** The user who sent it. */
  sender?: string
  /** Seconds since 1970 until which somebody waits for it. */
  answerBy: number
}

export type PersistOutcome =
  | {
      written: true
      owed?: TicketJob[]
      /** Refused commands whose senders had given up waiting when it was written. */
      unheard?: string[]
    }
  /**
   * Somebody wrote first (an earlier run, the same activity before a crash): decide again on
   * `ticket`, without `applied` commands. Or what late commands take for granted is `untrue`.
   */
  | {
      written: false
      ticket: Ticket
      applied: string[]
      owed: TicketJob[]
      untrue?: UntruePremises
    }
  /** What people were promised before: it is to be decided first, in this order. */
  | { written: false; promised: PreparedCommand[] }
  /** The data itself is at fault: no attempt can write it. What the database said. */
  | { written: false; unwritable: string }

/** A command that the database cannot take, whatever the attempt. */
export interface UnwrittenCommand {
  ticketNumber: number
  name: CommandName
  command: Command
  /** What the database said. */
  reason: string
}

/** A command that something other than a person has come to, for the ticket's own inbox. */
export interface PreparedCommand<N extends CommandName = CommandName> {
  name: N
  command: Command<N>
}

export interface JobInput extends TicketJob {
  ticketNumber: number
}

/**
 * What the ticket workflow asks of the areas whose work follows from its events. Each may run twice:
 * the ids of the commands follow from ticket and event.
 */
export interface TicketJobActivities {
  /** activities/approvals: what the rules want of the ticket as it is now. */
  askRuleApprovals: (job: JobInput) => Promise<PreparedCommand[]>
  /** activities/sla: the service levels and waiting policies of now. */
  planServiceLevel: (job: JobInput) => Promise<PreparedCommand[]>
  /** activities/sla: writes the mail down. */
  writeReminder: (job: JobInput) => Promise<PreparedCommand[]>
  /** activities/merging: has the other ticket take its step. */
  takeMergeStep: (job: JobInput) => Promise<PreparedCommand[]>
}

/** What a ticket's run asks of activities/tickets about the one before it. */
export interface RunActivities {
  /** @returns how the run before the one that asks has ended. */
  lossOfRunBefore: (number: number) => Promise<WorkflowLoss>
}

/** What the ticket workflow asks of activities/mail-out. */
export interface DeliveryActivities {
  deliverMessage: (input: DeliveryInput) => Promise<DeliveryResult>
}

export interface DeliveryInput {
  ticketNumber: number
  messageId: string
}

export interface DeliveryResult {
  /** doubtful: the connection was lost between the end of DATA and the answer. */
  outcome: 'sent' | 'failed' | 'doubtful' | 'parked'
  detail: Explanation
}
