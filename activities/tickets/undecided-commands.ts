import { log } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { answered } from '../../application/tickets/command-answers.ts'
import { keepCommand } from '../../application/tickets/kept-commands.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { commandNames, readCommand } from '../../domain/command-schema.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOf } from '../../platform/temporal/failing-runs.ts'
import { historyBackwards } from '../../platform/temporal/history.ts'
import { isServerAway } from '../../platform/temporal/server-away.ts'

/**
 * What came so long before the last task that came to something may not be written either: the
 * database was away. What is older has been answered, and its answer may be forgotten.
 * Milliseconds.
 */
const MARGIN = 10 * 60_000

export interface UndecidedCommand {
  name: CommandName
  command: Command
}

/**
 * The commands that a run has in its history and that are not in the log, in the order in which they
 * came. They are kept: whoever sent them may have no other copy.
 * @param facts with which the ticket's next run is started.
 */
export async function undecidedCommands(
  db: Database,
  client: Client,
  facts: StartFacts,
  runId: string,
): Promise<UndecidedCommand[]> {
  const { number } = facts
  const sent = (await sentLately(client, number, runId)).map(({ name, command }) => ({
    number,
    commandId: command.id,
    name,
    // Whoever waited is gone; what it comes to is written down all the same, so that it is known.
    command: { ...command, answerBy: command.answerBy ?? Math.floor(Date.now() / 1000) },
  }))
  const known = new Set(await answered(db, sent))
  const undecided = sent.filter((one) => !known.has(one))
  for (const { name, command } of undecided) await keepCommand(db, facts, name, command)
  return undecided
}

/**
 * What came since shortly before the last task that came to something. A part of the history that
 * cannot be read is left out: a run that does nothing ever is no place for what it holds either.
 * @throws where the server is away.
 */
async function sentLately(
  client: Client,
  number: number,
  runId: string,
): Promise<UndecidedCommand[]> {
  const found: UndecidedCommand[] = []
  let from: number | null = null
  try {
    for await (const event of historyBackwards(client, ticketWorkflowId(number), runId)) {
      const at = timeOf(event.eventTime).getTime()
      if (event.workflowTaskCompletedEventAttributes) from ??= at - MARGIN
      if (from !== null && at < from) break
      const signal = event.workflowExecutionSignaledEventAttributes
      const name = commandNames.find((known) => known === signal?.signalName)
      const [payload] = signal?.input?.payloads ?? []
      const command = name && payload ? readable(name, payload) : null
      // Nobody has decided it, and nobody will.
      if (name && command === null && from === null)
        log.warn('A signal of a run that cannot go on cannot be read, and is lost with it.', {
          number,
          runId,
          name,
          at: new Date(at).toISOString(),
        })
      if (name && command) found.push({ name, command })
    }
  } catch (error) {
    if (isServerAway(error)) throw error
    log.warn('A history cannot be read; its ticket gets a new run without what it may hold.', {
      number,
      runId,
      read: found.length,
      error: String(error),
    })
  }
  return found.reverse()
}

/** Null: whoever typed it was not understood, and would not be now. */
function readable(
  name: CommandName,
  payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0],
): Command | null {
  try {
    const command = readCommand(name, defaultPayloadConverter.fromPayload(payload))
    return 'code' in command ? null : command
  } catch {
    return null
  }
}
