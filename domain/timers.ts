import type { CommandName, CommandPayload } from './commands.ts'

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
