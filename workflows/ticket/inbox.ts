import { defineSignal, setHandler, uuid4 } from '@temporalio/workflow'
import type { Command, CommandName } from '../../domain/commands.ts'
import { commandNames, readCommand } from '../../domain/command-schema.ts'
import type { Rejection } from '../../domain/command-rule.ts'
import type { TicketJob } from '../../domain/ticket-jobs.ts'

/** A command that waits for its turn. */
export interface InboxItem {
  name: CommandName
  command: Command
  /** A signal that is no command at all: it only leaves a line in the history. */
  refusal?: Rejection
  /** Guichet's own: a refusal means that there is nothing to do any more, and leaves no line. */
  quiet?: boolean
  /** The last command of a job: nothing is owed for it once this is decided. */
  job?: TicketJob
}

/**
 * Registers every row of the table of commands as a signal, into one queue: commands of a ticket are
 * decided one after another, in the order in which they came.
 * @returns the queue that the workflow drains.
 */
export function openInbox(): InboxItem[] {
  const inbox: InboxItem[] = []
  for (const name of commandNames)
    setHandler(defineSignal<[unknown]>(name), (raw) => {
      const command = readCommand(name, raw)
      inbox.push(
        'code' in command ? { name, command: unreadable(), refusal: command } : { name, command },
      )
    })
  return inbox
}

/**
 * Stands for a signal that could not be read, as an operator's: Guichet's own are checked before they
 * are sent. Its content is not kept: it may be anything.
 */
const unreadable = (): Command => ({
  id: `unreadable-${uuid4()}`,
  actor: { kind: 'operator', name: '' },
  payload: {} as never,
})
