import { Client, Connection, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client'
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common'
import { TypedSearchAttributes } from '@temporalio/common'
import type { Command, CommandName } from '../domain/commands.ts'
import type { Ticket } from '../domain/ticket.ts'
import { newTicketAttributes, type TicketAttributes } from '../domain/search-attributes.ts'

export const TASK_QUEUE = process.env['GUICHET_TASK_QUEUE'] ?? 'guichet'
export const ticketWorkflowId = (number: number): string => `ticket-${number}`

/** The workflow's single argument; the workflow loads anything else itself. */
export interface TicketWorkflowInput {
  number: number
  /** Known to have events already: load the stored state before the first decision. */
  resume: boolean
}

const keys = {
  TicketNumber: defineSearchAttributeKey('TicketNumber', SearchAttributeType.INT),
  Department: defineSearchAttributeKey('Department', SearchAttributeType.KEYWORD),
  Status: defineSearchAttributeKey('Status', SearchAttributeType.KEYWORD),
  Priority: defineSearchAttributeKey('Priority', SearchAttributeType.KEYWORD),
  Owner: defineSearchAttributeKey('Owner', SearchAttributeType.KEYWORD),
  RequesterDomain: defineSearchAttributeKey('RequesterDomain', SearchAttributeType.KEYWORD),
}

export const searchAttributeTypes = Object.fromEntries(Object.values(keys).map((k) => [k.name, k.type]))

const typed = (a: TicketAttributes): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: keys.TicketNumber, value: a.TicketNumber },
    { key: keys.Department, value: a.Department },
    { key: keys.Status, value: a.Status },
    { key: keys.Priority, value: a.Priority },
    { key: keys.Owner, value: a.Owner },
    { key: keys.RequesterDomain, value: a.RequesterDomain },
  ])

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
  ...(facts.resume
    ? {}
    : { staticSummary: oneLine(`#${facts.number} ${facts.subject ?? ''}`), typedSearchAttributes: typed(newTicketAttributes(facts)) }),
})

const oneLine = (text: string): string => text.replace(/[\s`*_#<>[\]]+/g, ' ').trim().slice(0, 180)

/**
 * Sends a command as a signal, starting the ticket's workflow when it is not running. Fire and forget; safe to repeat.
 * @param facts `resume` is false only for a ticket that has no event yet.
 */
export async function signalTicket(client: Client, facts: StartFacts, name: CommandName, command: Command): Promise<void> {
  await client.workflow.signalWithStart('ticketWorkflow', { ...startOptions(facts), signal: name, signalArgs: [command] })
}

/**
 * Sends a command as an update and waits until its projection is written.
 * @returns the ticket after it. @throws CommandRejectedError with the rule's code and sentence.
 */
export async function executeCommand(client: Client, facts: StartFacts, name: CommandName, command: Command): Promise<Ticket> {
  const startWorkflowOperation = new WithStartWorkflowOperation('ticketWorkflow', { ...startOptions(facts), workflowIdConflictPolicy: 'USE_EXISTING' })
  try {
    return await client.workflow.executeUpdateWithStart<Ticket, [Command]>(name, { args: [command], updateId: command.id, startWorkflowOperation })
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw rejectedBy(error)
    throw error
  }
}

function rejectedBy(error: WorkflowUpdateFailedError): Error {
  const cause = error.cause as { type?: string; message?: string } | undefined
  return cause?.type ? new CommandRejectedError(cause.type, cause.message ?? 'The ticket refused the command.') : error
}

export class CommandRejectedError extends Error {
  constructor(readonly code: string, message: string) {
    super(message)
  }
}

/** @param address host:port. */
export async function connectTemporal(address: string, namespace: string): Promise<{ client: Client; connection: Connection }> {
  const connection = await Connection.connect({ address })
  return { client: new Client({ connection, namespace }), connection }
}
