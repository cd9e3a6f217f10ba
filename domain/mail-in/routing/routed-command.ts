import type { Command, CommandName } from '../../commands.ts'
import type { StartFacts } from '../../ticket.ts'

/**
 * What a mail is to its ticket: sent to the ticket's workflow, and kept in the ledger to be sent
 * again.
 */
export interface RoutedCommand {
  name: CommandName
  facts: StartFacts
  command: Command
}
