import { type InferResult, sql } from 'kysely'
import type { TicketSummary } from '../../domain/tickets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { statementText } from '../../platform/postgres/statement-text.ts'

/** What a list shows of a conversation that goes over several tickets. */
interface ShownConversation {
  messageCount: number
  preview: string
  lastDirection: TicketSummary['lastDirection']
  lastMessageAt: string | null
  hasAttachments: boolean
}

/** Tickets `t` as lines of a list, with their department `d` and their owner `o`. */
export const summaries = (db: Database) =>
  db
    .selectFrom('ticket as t')
    .innerJoin('department as d', 'd.id', 't.department_id')
    .leftJoin('app_user as o', 'o.id', 't.owner_id')
    .select([
      't.number',
      't.subject',
      't.status',
      't.priority',
      't.department_id as departmentId',
      'd.name as departmentName',
      't.owner_id as ownerId',
      'o.name as ownerName',
      'o.email as ownerEmail',
      't.requester_email as requesterEmail',
      't.requester_name as requesterName',
      't.preview',
      't.last_direction as lastDirection',
      't.message_count as messageCount',
      't.has_attachments as hasAttachments',
      't.delivery_trouble as deliveryTrouble',
      't.opened_at as openedAt',
      't.updated_at as updatedAt',
      't.last_message_at as lastMessageAt',
      't.due_at as dueAt',
      't.tags',
      't.snoozed',
      't.snoozed_until as snoozedUntil',
    ])
    // Each ticket's row knows its own messages; where they are shown in another, the rows together do.
    .select(
      sql<ShownConversation | null>`CASE
        WHEN EXISTS (SELECT 1 FROM merged_ticket x WHERE x.ticket_number = t.number)
          OR EXISTS (SELECT 1 FROM ticket_split x WHERE x.ticket_number = t.number)
          OR EXISTS (SELECT 1 FROM message_move x WHERE x.own_number = t.number)
          OR EXISTS (SELECT 1 FROM ticket_split_from x WHERE x.ticket_number = t.number)
        THEN shown_conversation(t.number) END`.as('shown'),
    )
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('kept_command as k')
            .select('k.command_id')
            .whereRef('k.ticket_number', '=', 't.number')
            // Of what is answered the row stays until it is tidied away.
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('ticket_event as e')
                    .select('e.no')
                    .whereRef('e.ticket_number', '=', 'k.ticket_number')
                    .whereRef('e.command_id', '=', 'k.command_id'),
                ),
              ),
            )
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('command_outcome as c')
                    .select('c.command_id')
                    .whereRef('c.ticket_number', '=', 'k.ticket_number')
                    .whereRef('c.command_id', '=', 'k.command_id'),
                ),
              ),
            ),
        )
        .$castTo<boolean>()
        .as('hasKeptCommands'),
    )

export type SummaryRow = InferResult<ReturnType<typeof summaries>>[number]

const [columns = '', joins = ''] = statementText(summaries)
  .slice('select '.length)
  .split(' from "ticket" as "t" ')

/**
 * The same in parts, for a statement that reads the tickets `t` elsewhere, and so often that the
 * columns are not built anew for it: `SELECT columns FROM (…) t joins`.
 */
export const summaryParts = { columns: sql.raw(columns), joins: sql.raw(joins) }

export const summaryOf = (row: SummaryRow): TicketSummary => ({
  number: row.number,
  subject: row.subject,
  status: row.status,
  priority: row.priority,
  department: { id: row.departmentId, name: row.departmentName },
  owner:
    row.ownerId === null
      ? null
      : { id: row.ownerId, name: row.ownerName ?? '', email: row.ownerEmail ?? '' },
  requester: { email: row.requesterEmail, name: row.requesterName },
  preview: row.shown?.preview ?? row.preview,
  lastDirection: row.shown?.lastDirection ?? row.lastDirection,
  messageCount: row.shown?.messageCount ?? row.messageCount,
  hasAttachments: row.shown?.hasAttachments ?? row.hasAttachments,
  deliveryTrouble: row.deliveryTrouble,
  hasKeptCommands: row.hasKeptCommands,
  openedAt: row.openedAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  lastMessageAt: (row.shown?.lastMessageAt
    ? new Date(row.shown.lastMessageAt)
    : row.lastMessageAt
  ).toISOString(),
  dueAt: row.dueAt?.toISOString() ?? null,
  tags: row.tags,
  snoozed: row.snoozed,
  snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
})
