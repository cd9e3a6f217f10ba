import type { CommandName } from '../commands.ts'
import { reject, type Rejection } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import type { Actor } from '../vocabulary.ts'

/** What concerns messages that are the merged ticket's own, and the merge itself. */
const stillAllowed: readonly CommandName[] = [
  'cancelReply',
  'retryMessage',
  'mergeInto',
  'undoMerge',
  'acceptMerge',
  'revertMerge',
  'returnMessages',
  'undoSplit',
  'linkTicket',
  'unlinkTicket',
  'removeWatcher',
]

/**
 * A merged ticket is not worked on: what is done would be seen by nobody. Mail, deliveries and
 * timers still come to their end on it.
 * @returns why the person's command cannot be carried out, or null.
 */
export function frozenByMerge(ticket: Ticket, name: CommandName, actor: Actor): Rejection | null {
  if (
    !ticket.mergedInto ||
    (actor.kind !== 'agent' && actor.kind !== 'operator') ||
    stillAllowed.includes(name)
  )
    return null
  return reject(
    'ticket-merged',
    `Ticket #${ticket.number} is merged into #${ticket.mergedInto.number}. Work there, or undo the merge first.`,
    { number: ticket.number, into: ticket.mergedInto.number },
  )
}
