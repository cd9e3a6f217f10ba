import { CommandKeptError } from '../../application/tickets/ticket-commands.ts'
import type { Workflows } from './workflows.ts'

/** How long a command is waited for after another of the same request was kept. Milliseconds. */
const AFTER_KEPT_MS = 500

/**
 * For a request that sends commands to many tickets: while no worker answers, whoever asked waits for
 * the first of them, and not for each.
 */
export function waitingOnce(workflows: Workflows): Workflows {
  let isKeeping = false
  return {
    ...workflows,
    execute: async (facts, name, command) => {
      try {
        const waiting = isKeeping ? { answerMs: AFTER_KEPT_MS } : {}
        return await workflows.execute(facts, name, command, waiting)
      } catch (error) {
        isKeeping ||= error instanceof CommandKeptError
        throw error
      }
    },
  }
}
