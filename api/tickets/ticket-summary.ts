import type { TicketSummary } from '../../domain/tickets/contract.ts'
import type { Priority, TicketStatus } from '../../domain/vocabulary.ts'

/** The columns of a line of the list, on `ticket t`. */
export const SUMMARY_COLUMNS = `t.number, t.subject, t.status, t.priority, t.department_id, d.name AS department_name, t.owner_id, o.name AS owner_name, o.email AS owner_email,
  t.requester_email, t.requester_name, t.preview, t.last_direction, t.message_count, t.has_attachments, t.delivery_trouble,
  t.opened_at, t.updated_at, t.last_message_at, t.due_at, t.tags, t.snoozed, t.snoozed_until`
export const SUMMARY_JOINS =
  'JOIN department d ON d.id = t.department_id LEFT JOIN app_user o ON o.id = t.owner_id'

export interface SummaryRow {
  number: number
  subject: string
  status: TicketStatus
  priority: Priority
  department_id: string
  department_name: string
  owner_id: string | null
  owner_name: string | null
  owner_email: string | null
  requester_email: string
  requester_name: string
  preview: string
  last_direction: 'inbound' | 'outbound'
  message_count: number
  has_attachments: boolean
  delivery_trouble: boolean
  opened_at: Date
  updated_at: Date
  last_message_at: Date
  due_at: Date | null
  tags: string[]
  snoozed: boolean
  snoozed_until: Date | null
}

export const summaryOf = (row: SummaryRow): TicketSummary => ({
  number: row.number,
  subject: row.subject,
  status: row.status,
  priority: row.priority,
  department: { id: row.department_id, name: row.department_name },
  owner:
    row.owner_id === null
      ? null
      : { id: row.owner_id, name: row.owner_name ?? '', email: row.owner_email ?? '' },
  requester: { email: row.requester_email, name: row.requester_name },
  preview: row.preview,
  lastDirection: row.last_direction,
  messageCount: row.message_count,
  hasAttachments: row.has_attachments,
  deliveryTrouble: row.delivery_trouble,
  openedAt: row.opened_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  lastMessageAt: row.last_message_at.toISOString(),
  dueAt: row.due_at?.toISOString() ?? null,
  tags: row.tags,
  snoozed: row.snoozed,
  snoozedUntil: row.snoozed_until?.toISOString() ?? null,
})
