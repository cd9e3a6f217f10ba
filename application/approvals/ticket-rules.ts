import type { RefusalValues } from '../../domain/command-rule.ts'
import { sql } from 'kysely'
import type { CommandPayload } from '../../domain/commands.ts'
import { choicesOf } from '../../domain/approvals/eligible-approvers.ts'
import {
  type ApprovalByRule,
  approvalsByRules,
  rulesThatAsk,
  type TicketApprovalRule,
  type TicketUnderRules,
} from '../../domain/approvals/ticket-rules.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import { derivedId } from '../../platform/postgres/derived-id.ts'
import { approverAccounts } from './approver-accounts.ts'

/** A rule cannot be followed: nothing is approved by nobody being there. */
export class NobodyToAskError extends Error {
  readonly code = 'approval-nobody-to-ask'
  /** @param values what the sentence names. */
  constructor(
    message: string,
    readonly values?: RefusalValues | undefined,
  ) {
    super(message)
  }
}

/** What a ticket is about to become. */
export interface Placing {
  categoryId?: string | null | undefined
  departmentId?: string | undefined
}

/** An approval that a rule wants of a ticket: once on each, because its id follows from both. */
export interface WantedApproval {
  ruleId: string
  payload: CommandPayload<'askApproval'>
}

/**
 * What the rules want of a ticket as it is now, or will be, the texts of it written down.
 * @throws NobodyToAskError
 */
export async function wantedApprovals(
  db: Database,
  number: number,
  placing: Placing = {},
): Promise<WantedApproval[]> {
  const settings = await ticketApprovalRules(db)
  const ticket = settings.length > 0 ? await ticketUnderRules(db, number, placing) : undefined
  const rules = ticket ? rulesThatAsk(settings, ticket) : []
  if (!ticket || rules.length === 0) return []
  const people = await approverAccounts(db, choicesOf(rules))
  const asked = approvalsByRules(rules, ticket, people, new Date().toISOString())
  if ('code' in asked) throw new NobodyToAskError(asked.message, asked.values)
  const wanted: WantedApproval[] = []
  for (const one of asked) wanted.push(await written(db, ticket, one))
  return wanted
}

/** A rule as settings and tickets read it. */
export const ticketApprovalRuleColumns = [
  'id',
  'name',
  'text',
  'category_id as categoryId',
  'department_id as departmentId',
  'stages',
  'deputy',
  'deadline_hours as deadlineHours',
  'blocks_resolution as blocksResolution',
  'shows_request as showsRequest',
] as const

/** Settings: few rows. */
const ticketApprovalRules = (db: Database): Promise<TicketApprovalRule[]> =>
  db
    .selectFrom('ticket_approval_rule')
    .select(ticketApprovalRuleColumns)
    .orderBy('created_at')
    .orderBy('id')
    .execute()

async function ticketUnderRules(
  db: Database,
  number: number,
  { categoryId, departmentId }: Placing,
): Promise<TicketUnderRules | undefined> {
  const row = await db
    .selectFrom('ticket as t')
    .select((eb) => [
      't.status',
      't.department_id as presentDepartment',
      't.subject',
      't.requester_email as requesterEmail',
      't.requester_name as requesterName',
      eb
        .fn<string[]>('categories_around', [
          categoryId === undefined ? 't.category_id' : sql`${categoryId}::uuid`,
        ])
        .as('categoriesAround'),
      arrayFrom(
        eb
          .selectFrom('approval as a')
          .select(sql<string>`a.data->'rule'->>'id'`.as('rule'))
          .whereRef('a.ticket_number', '=', 't.number')
          .where(sql<boolean>`a.data->'rule' IS NOT NULL`),
      ).as('followedRules'),
      eb
        .selectFrom('message as m')
        .select('m.text_visible')
        .whereRef('m.ticket_number', '=', 't.number')
        .where('m.direction', '=', 'inbound')
        .where('m.event_no', 'is not', null)
        .orderBy('m.event_no')
        .limit(1)
        .as('words'),
    ])
    .where('t.number', '=', number)
    .executeTakeFirst()
  if (!row) return undefined
  const { presentDepartment, requesterEmail, requesterName, words, ...ticket } = row
  return {
    ...ticket,
    number,
    departmentId: departmentId ?? presentDepartment,
    requester: { email: requesterEmail, name: requesterName },
    words: words ?? '',
  }
}

/** The ids follow from ticket and rule, so that twice is once. */
async function written(
  db: Database,
  { number }: TicketUnderRules,
  { rule, text, request }: ApprovalByRule,
): Promise<WantedApproval> {
  const approvalId = derivedId(`approval of ticket ${number} by rule ${rule.id}`)
  const textId = derivedId(`text of approval ${approvalId}`)
  await db
    .insertInto('approval_text')
    .values({ id: textId, ticket_number: number, text })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  return {
    ruleId: rule.id,
    payload: { approvalId, textId, rule, ...request },
  }
}
