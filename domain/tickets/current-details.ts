import { cut } from '../cut.ts'
import { blockedByApproval } from '../approvals/blocking.ts'
import { slotsAwaited } from '../approvals/stages.ts'
import type { Ticket } from '../ticket.ts'

/**
 * What an operator reads about a ticket in the Temporal UI: Markdown, a few lines.
 * @param ticket the ticket now.
 * @param nextTimer the next thing that will happen by itself, in words.
 */
export function ticketDetails(ticket: Ticket, nextTimer: string | null): string {
  if (!ticket.opened) return 'Not opened yet.'
  return [
    `**${plain(ticket.subject) || '(no subject)'}**`,
    '',
    `- Status: **${ticket.status}**${ticket.resolution ? ` (${ticket.resolution})` : ''} · Priority: ${ticket.priority}`,
    `- Department: ${plain(ticket.department.name)} · Owner: ${plain(ticket.owner?.name ?? 'nobody')}`,
    `- Requester: ${plain(ticket.requester.name || ticket.requester.email || 'unknown')}`,
    `- Waiting for: ${waitingFor(ticket)}`,
    ...ticket.approvals
      .filter(({ state }) => state === 'waiting')
      .map(
        (approval) =>
          `- Approval: ${plain(approval.subject)} waiting for ${plain(
            slotsAwaited(approval)
              .map(({ name, email }) => name || email)
              .join(', '),
          )}${approval.deadline ? ` until ${approval.deadline}` : ''}`,
      ),
    `- Next timer: ${nextTimer ?? 'none'}`,
    `- Messages: ${ticket.messageCount}${ticket.pending.length ? ` · on their way: ${ticket.pending.length}` : ''}${ticket.undelivered.length ? ` · **undelivered: ${ticket.undelivered.length}**` : ''}`,
    `- Last event: ${ticket.version} at ${ticket.updatedAt}`,
  ].join('\n')
}

function waitingFor(ticket: Ticket): string {
  if (ticket.pending.length > 0) return 'the mail server to take a message'
  if (ticket.status === 'waiting') return 'the requester'
  if (ticket.status === 'solved') return 'the closing time, or an answer that reopens it'
  if (ticket.status === 'closed') return 'nobody'
  if (blockedByApproval(ticket)) return 'an approval'
  return ticket.owner ? plain(ticket.owner.name) : 'an agent to take it'
}

/** Text from a mail must not become Markdown of ours. */
const plain = (text: string): string => cut(text.replace(/[\s`*_#<>[\]()|\\]+/g, ' ').trim(), 200)
