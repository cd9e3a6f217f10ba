import { approvalTimers } from './approvals/timers.ts'
import type { CommandName, CommandPayload } from './commands.ts'
import { assetTimers } from './assets/timers.ts'
import { mergingTimers } from './merging/timers.ts'
import { slaTimers } from './sla/timers.ts'
import { taskTimers } from './tasks/timers.ts'
import type { Ticket } from './ticket.ts'

/**
 * Something that happens to a ticket by itself: at its time the command is decided like any other.
 */
export interface PlannedTimer {
  /**
   * What it is about, unique on its ticket: `approval-<id>-deadline`. The same key at another time
   * replaces the timer.
   */
  key: string
  /** ISO time. */
  at: string
  /** For the operator, as an ending of "… at 2026-11-24T09:00Z": `reminds Ida of the approval`. */
  summary: string
  /** The payload names what the timer was set for, so that a late one changes nothing. */
  command: { [N in CommandName]: { name: N; payload: CommandPayload<N> } }[CommandName]
}

/**
 * Every timer that a ticket's state asks for. Pure: after a restart the same state asks for the
 * same timers.
 */
export const plannedTimers = (ticket: Ticket): PlannedTimer[] =>
  [taskTimers, approvalTimers, assetTimers, slaTimers, mergingTimers].flatMap((timers) =>
    timers(ticket),
  )
