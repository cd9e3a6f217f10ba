import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import { answered } from '../../application/tickets/command-answers.ts'
import { keepCommand } from '../../application/tickets/kept-commands.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { commandNames, readCommand } from '../../domain/command-schema.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOf } from '../../platform/temporal/failing-runs.ts'

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
  const { events } = await client.workflow.getHandle(ticketWorkflowId(number), runId).fetchHistory()
  const sent = sentLately(events ?? []).map(({ name, command }) => ({
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

type HistoryEvent = temporal.api.history.v1.IHistoryEvent

function sentLately(events: readonly HistoryEvent[]): UndecidedCommand[] {
  const done = events.findLast((event) => event.workflowTaskCompletedEventAttributes)
  const from = done ? timeOf(done.eventTime).getTime() - MARGIN : 0
  return events.flatMap(({ eventTime, workflowExecutionSignaledEventAttributes: signal }) => {
    const name = commandNames.find((known) => known === signal?.signalName)
    const [payload] = signal?.input?.payloads ?? []
    if (!name || !payload || timeOf(eventTime).getTime() < from) return []
    const command = readable(name, payload)
    return command ? [{ name, command }] : []
  })
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
