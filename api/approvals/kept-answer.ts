import { keptCommandsOf } from '../../application/tickets/kept-commands.ts'
import type { LinkedApproval } from '../../domain/approvals/contract.ts'
import type { PersonalLink } from '../../domain/approvals/personal-links.ts'
import { readCommand } from '../../domain/command-schema.ts'
import type { CommandName, CommandPayload } from '../../domain/commands.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { askerOf } from '../tickets/kept-view.ts'

type Recording = NonNullable<LinkedApproval['recording']>

/**
 * What the holder of a personal link has answered, by it or signed in, while no worker answers. To
 * be asked before the approval is read: what is recorded in between has then ended the link.
 * @returns that something was answered, not what; null when nothing is kept.
 */
export async function keptAnswer(db: Database, link: PersonalLink): Promise<Recording | null> {
  const kept = await keptCommandsOf(db, Number(link.ticket), ['decideApproval', 'delegateApproval'])
  for (const { name, command, at } of kept) {
    const read = readCommand(name, JSON.parse(command))
    if ('code' in read) continue
    const what = answers(name, read.payload, link)
    if (what) return { what, by: askerOf(read.actor).name, at: at.toISOString() }
  }
  return null
}

/** Which answer to what the link asks a command is; undefined when it is none. */
function answers(
  name: CommandName,
  payload: object,
  { approval, round, approver }: PersonalLink,
): Recording['what'] | undefined {
  const given = payload as CommandPayload<'decideApproval'> | CommandPayload<'delegateApproval'>
  if (given.approvalId !== approval || String(given.round) !== round) return undefined
  if (name === 'decideApproval' && 'approver' in given && given.approver === approver)
    return 'decision'
  if (name === 'delegateApproval' && given.from === approver) return 'delegation'
  return undefined
}
