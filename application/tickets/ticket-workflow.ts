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
 * Has a ticket take up what the log knows and its workflow does not, started where it does not run.
 */
export async function compareTicketWithLog(client: Client, number: number): Promise<void> {
  await client.workflow.signalWithStart<TicketWorkflow, []>('ticketWorkflow', {
    ...startOptions({ number, resume: true }),
    signal: 'compareWithLog',
    signalArgs: [],
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
