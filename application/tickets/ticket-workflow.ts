import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { Ticket, TicketWorkflowInput } from '../../domain/ticket.ts'
import { KeyedQueue } from '../../platform/temporal/keyed-queue.ts'
import {
  newTicketAttributes,
  searchAttributeNames,
  searchAttributeTypes,
  type TicketAttributes,
} from '../../domain/search-attributes.ts'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'

export const ticketWorkflowId = (number: number): string => `ticket-${number}`

export type TicketWorkflow = (input: TicketWorkflowInput) => Promise<void>

const typed = (attributes: TicketAttributes): TypedSearchAttributes =>
  new TypedSearchAttributes(
    searchAttributeNames.map(
      (name) =>
        ({
          key: defineSearchAttributeKey(name, SearchAttributeType[searchAttributeTypes[name]]),
          value: attributes[name],
        }) as SearchAttributePair,
    ),
  )

export interface StartFacts {
  number: number
  resume: boolean
  /** For the Temporal UI's list, when the ticket is new. */
  subject?: string
  department?: string
  priority?: string
  requesterEmail?: string
}

const startOptions = (facts: StartFacts) => ({
  workflowId: ticketWorkflowId(facts.number),
  taskQueue: TASK_QUEUE,
  args: [{ number: facts.number, resume: facts.resume }] as [TicketWorkflowInput],
  staticSummary: oneLine(`#${facts.number} ${facts.subject ?? ''}`),
  ...(facts.resume ? {} : { typedSearchAttributes: typed(newTicketAttributes(facts)) }),
})

const oneLine = (text: string): string =>
  text
    .replace(/[\s`*_#<>[\]]+/g, ' ')
    .trim()
    .slice(0, 180)

/**
 * Sends a command as a signal, starting the ticket's workflow when it is not running. Fire and
 * forget; safe to repeat.
 * @param facts `resume` is false only for a ticket that has no event yet.
 */
export async function signalTicket(
  client: Client,
  facts: StartFacts,
  name: CommandName,
  command: Command,
): Promise<void> {
  await client.workflow.signalWithStart<TicketWorkflow, [Command]>('ticketWorkflow', {
    ...startOptions(facts),
    signal: name,
    signalArgs: [command],
  })
}

/**
 * How long a loop beside the worker waits for the answer to a command before it goes on and tries
 * again later. Milliseconds.
 */
const COMMAND_MS = 20_000

/**
 * For loops beside the worker: a command whose answer does not come in time, or not before the loop
 * is to end, is given up. Sent again under its own id it is done once all the same.
 */
export const executeWithTimeout = (
  client: Client,
  stop: AbortSignal | undefined,
  facts: StartFacts,
  name: CommandName,
  command: Command,
): Promise<Ticket> =>
  client.withAbortSignal(
    AbortSignal.any([AbortSignal.timeout(COMMAND_MS), ...(stop ? [stop] : [])]),
    () => executeCommand(client, facts, name, command),
  )

/** Starts a ticket's workflow from its stored state, if it does not run. */
export async function startTicketWorkflow(client: Client, facts: StartFacts): Promise<void> {
  await client.workflow.start<TicketWorkflow>('ticketWorkflow', {
    ...startOptions(facts),
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
}

/**
 * Sends a command as an update and waits until its projection is written.
 * @returns the ticket after it.
 * @throws CommandRejectedError with the rule's code and sentence.
 */
export const executeCommand = (
  client: Client,
  facts: StartFacts,
  name: CommandName,
  command: Command,
): Promise<Ticket> => ticketQueue.run(facts.number, () => update(client, facts, name, command))

/**
 * Updates of one ticket that are under way together get into each other's workflow tasks, and then
 * wait for seconds. One after another they take milliseconds.
 */
const ticketQueue = new KeyedQueue<number>()

async function update(
  client: Client,
  facts: StartFacts,
  name: CommandName,
  command: Command,
): Promise<Ticket> {
  for (let attempt = 1; ; attempt++) {
    const startWorkflowOperation = new WithStartWorkflowOperation<TicketWorkflow>(
      'ticketWorkflow',
      { ...startOptions(facts), workflowIdConflictPolicy: 'USE_EXISTING' },
    )
    try {
      return await client.workflow.executeUpdateWithStart<TicketWorkflow, Ticket, [Command]>(name, {
        args: [command],
        updateId: command.id,
        startWorkflowOperation,
      })
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error
      if (!wasLost(error)) throw rejectedBy(error)
      if (attempt === LOST_UPDATE_ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt))
    }
  }
}

const LOST_UPDATE_ATTEMPTS = 20

/**
 * The server's word, not the ticket's: the update reached a workflow task that was overtaken by
 * another, as happens when many come at once. Its command may have been written all the same; being
 * idempotent it is simply sent again.
 */
const wasLost = (error: WorkflowUpdateFailedError): boolean =>
  (error.cause as { type?: string } | undefined)?.type === 'UnprocessedUpdate'

function rejectedBy(error: WorkflowUpdateFailedError): Error {
  const cause = error.cause as { type?: string; message?: string } | undefined
  return cause?.type
    ? new CommandRejectedError(cause.type, cause.message ?? 'The ticket refused the command.')
    : error
}

export class CommandRejectedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}
