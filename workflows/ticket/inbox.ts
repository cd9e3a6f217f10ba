import {
  ApplicationFailure,
  defineSignal,
  defineUpdate,
  setHandler,
  uuid4,
} from '@temporalio/workflow'
import type { Command, CommandName } from '../../domain/commands.ts'
import { commandNames, commandSchema } from '../../domain/command-schema.ts'
import type { Rejection } from '../../domain/command-rule.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { TicketJob } from '../../domain/ticket-jobs.ts'

/** A command that waits for its turn. An update waits for the answer, a signal does not. */
export interface InboxItem {
  name: CommandName
  command: Command
  answer?: { resolve: (ticket: Ticket) => void; reject: (error: Error) => void }
  /**
   * A signal that is no command at all: nobody waits for an answer, so it only leaves a line in the
   * history.
   */
  refusal?: Rejection
  /** Guichet's own: a refusal means that there is nothing to do any more, and leaves no line. */
  quiet?: boolean
  /** The last command of a job: nothing is owed for it once this is decided. */
  job?: TicketJob
}

/**
 * Registers every row of the table of commands, both as a signal and as an update, into one queue:
 * commands of a ticket are decided one after another, in the order in which they came.
 * @returns the queue that the workflow drains.
 */
export function openInbox(): InboxItem[] {
  const inbox: InboxItem[] = []
  for (const name of commandNames) {
    const schema = commandSchema(name)
    setHandler(defineSignal<[unknown]>(name), (raw) => {
      const parsed = schema.safeParse(raw)
      if (parsed.success) inbox.push({ name, command: parsed.data as Command })
      else
        inbox.push({
          name,
          command: unreadable(),
          refusal: { code: 'command-malformed', message: readable(parsed.error.issues) },
        })
    })
    setHandler(
      defineUpdate<Ticket, [unknown]>(name),
      (raw) =>
        new Promise<Ticket>((resolve, reject) => {
          inbox.push({ name, command: schema.parse(raw) as Command, answer: { resolve, reject } })
        }),
      {
        validator: (raw) => {
          const parsed = schema.safeParse(raw)
          if (!parsed.success)
            throw ApplicationFailure.nonRetryable(
              readable(parsed.error.issues),
              'command-malformed',
            )
        },
      },
    )
  }
  return inbox
}

/** Stands for a signal that could not be read. Its content is not kept: it may be anything. */
const unreadable = (): Command => ({
  id: `unreadable-${uuid4()}`,
  actor: { kind: 'operator', name: '' },
  payload: {} as never,
})

const readable = (issues: readonly { path: PropertyKey[]; message: string }[]): string =>
  issues
    .map((i) => `${i.path.join('.') || 'command'}: ${i.message}`)
    .join('; ')
    .slice(0, 1000)
