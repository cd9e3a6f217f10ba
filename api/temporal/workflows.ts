import type { Client } from '@temporalio/client'
import { replanByNewSettings } from '../../application/sla/replan-workflow.ts'
import { ensureMailboxWorkflow, signalMailbox } from '../../application/mail-in/mailbox-workflow.ts'
import type { ExecuteCommand, TicketCommands } from '../../application/tickets/ticket-commands.ts'
import type { CommandAnswer } from '../../application/tickets/command-answers.ts'
import { isServerAway } from '../../platform/temporal/server-away.ts'
import { ProblemError } from '../http/problem.ts'

/**
 * What the API asks of Temporal. Every call ends in time: a page must not wait for a cluster that
 * is away.
 */
export interface Workflows {
  /**
   * @returns once the command's projection is written.
   * @throws CommandRejectedError, CommandKeptError, CommandUndecidedError
   */
  execute: ExecuteCommand
  /**
   * Waits for a command that one ticket's workflow sends to another.
   * @returns once its projection is written.
   * @throws CommandRejectedError, CommandKeptError
   */
  answerTo: (number: number, commandId: string) => Promise<CommandAnswer>
  /**
   * A new mailbox is watched.
   * @param address for the Temporal UI.
   */
  mailboxAdded: (mailboxId: string, address: string) => Promise<void>
  /** Its workflow reads the settings again, and is started when it has ended. */
  mailboxChanged: (mailboxId: string) => Promise<void>
  mailboxRemoved: (mailboxId: string) => Promise<void>
  /** Reads a quarantined mail once more. */
  retryMail: (mailboxId: string, mailId: string) => Promise<void>
  /**
   * What service levels go by has changed: open tickets follow. While Temporal is away this is left to
   * `reconcile`.
   */
  slaSettingsChanged: () => Promise<void>
}

const SIGNAL_MS = 5_000

/** @param commands its client may be on a lazy connection: calls fail, and recover, with the cluster. */
export function temporalWorkflows(commands: TicketCommands): Workflows {
  const { client } = commands
  const mailbox = (work: () => Promise<unknown>): Promise<void> =>
    inTime(client, SIGNAL_MS, work, unreachable).then(() => undefined)
  return {
    execute: (facts, name, command, sending) => commands.execute(facts, name, command, sending),
    answerTo: (number, commandId) => commands.answerTo(number, commandId),
    mailboxAdded: (id, address) => mailbox(() => ensureMailboxWorkflow(client, id, address)),
    mailboxChanged: (id) => mailbox(() => signalMailbox(client, id, 'settingsChanged')),
    mailboxRemoved: (id) => mailbox(() => signalMailbox(client, id, 'stop')),
    retryMail: (id, mailId) => mailbox(() => signalMailbox(client, id, 'retryMail', mailId)),
    slaSettingsChanged: () =>
      mailbox(() => replanByNewSettings(client)).catch((error: unknown) => {
        if (error !== unreachable) throw error
      }),
  }
}

async function inTime<T>(
  client: Client,
  ms: number,
  work: () => Promise<T>,
  problem: ProblemError,
): Promise<T> {
  const timeout = new AbortController()
  const timer = setTimeout(() => {
    timeout.abort()
  }, ms)
  try {
    return await client.withAbortSignal(timeout.signal, work)
  } catch (error) {
    throw timeout.signal.aborted || isServerAway(error) ? problem : error
  } finally {
    clearTimeout(timer)
  }
}

const unreachable = new ProblemError(
  503,
  'temporal-unreachable',
  'Temporal does not answer, so the mailbox’s workflow does not know of this yet. Try again in a moment.',
  { retryAfter: 5 },
)
