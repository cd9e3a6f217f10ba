import { reject } from '../../domain/command-rule.ts'
import { UNWRITABLE } from '../../domain/tickets/unwritten-command.ts'
import { wellFormedText, wellFormedTexts } from '../../domain/well-formed-text.ts'
import type { InboxItem } from './inbox.ts'

const refusal = reject(
  UNWRITABLE,
  'Guichet could not store this. It is kept for an administrator, who can have it tried again.',
)

/**
 * What is decided in place of a command that the database cannot take: its refusal, with a line in
 * the history. Where not even that can be written, with the answer to its sender alone, and then
 * nothing.
 */
export function refusedAsUnwritable(item: InboxItem): InboxItem | null {
  if (item.unwritable && item.quiet) return null
  return {
    ...item,
    command: {
      ...item.command,
      // What is at fault may stand here too.
      id: wellFormedText(item.command.id),
      actor: wellFormedTexts(item.command.actor),
    },
    refusal,
    unwritable: true,
    quiet: item.unwritable === true,
  }
}
