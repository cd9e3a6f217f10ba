import { cut } from '../../domain/cut.ts'
import type { Client } from '@temporalio/client'
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowNotFoundError,
} from '@temporalio/common'
import { withoutDefaults } from '../../domain/command-schema.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import type { StartFacts, TicketWorkflowInput } from '../../domain/ticket.ts'
import {
  newTicketAttributes,
  searchAttributeNames,
  searchAttributeTypes,
  type TicketAttributes,
} from '../../domain/search-attributes.ts'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'

const PREFIX = 'ticket-'

export const ticketWorkflowId = (number: number): string => `${PREFIX}${number}`

export const ticketNumberOf = (workflowId: string): number =>
  Number(workflowId.slice(PREFIX.length))

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

const startOptions = (facts: StartFacts) => ({
  workflowId: ticketWorkflowId(facts.number),
  taskQueue: TASK_QUEUE,
  args: [inputOf(facts)] as [TicketWorkflowInput],
  staticSummary: oneLine(`#${facts.number} ${facts.subject ?? ''}`),
  ...(facts.resume ? {} : { typedSearchAttributes: typed(newTicketAttributes(facts)) }),
})

const inputOf = ({ number, resume, loss }: StartFacts): TicketWorkflowInput => ({
  number,
  resume,
  ...(loss ? { loss } : {}),
})

const oneLine = (text: string): string => cut(text.replace(/[\s`*_#<>[\]]+/g, ' ').trim(), 180)

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
    signalArgs: [withoutDefaults(name, command)],
  })
}

/**
 * Has a ticket take up what the log knows and its workflow does not, started where it does not run:
 * it then says so in its history.
 */
export async function compareTicketWithLog(
  client: Client,
  facts: Omit<StartFacts, 'resume'>,
): Promise<void> {
  await client.workflow.signalWithStart<TicketWorkflow, []>('ticketWorkflow', {
    ...startOptions({ ...facts, resume: true }),
    signal: 'compareWithLog',
    signalArgs: [],
  })
}

/**
 * The same where it runs; one that does not is left to whoever looks for lost tickets, who notes it in
 * the history.
 * @returns whether it runs.
 */
export async function compareRunningTicketWithLog(
  client: Client,
  number: number,
): Promise<boolean> {
  try {
    await client.workflow
      .getHandle<TicketWorkflow>(ticketWorkflowId(number))
      .signal('compareWithLog')
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
