import type { Selection } from 'kysely'
import { choicesOf } from '../../domain/approvals/eligible-approvers.ts'
import {
  newTicketApprovalRule,
  ticketApprovalRule,
  ticketApprovalRuleChange,
  type NewTicketApprovalRule,
  type TicketApprovalRuleView,
} from '../../domain/approvals/rules-contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { categoryNotFound } from '../classification/category-ref.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { namesOf, requireUsableRule } from './rule-approvers.ts'
import { ticketApprovalRuleColumns } from '../../application/approvals/ticket-rules.ts'

type RuleRow = Selection<DB, 'ticket_approval_rule', (typeof ticketApprovalRuleColumns)[number]>

const written = (rule: NewTicketApprovalRule) => ({
  name: rule.name,
  text: rule.text,
  category_id: rule.categoryId,
  department_id: rule.departmentId,
  stages: jsonb(rule.stages),
  deputy: rule.deputy && jsonb(rule.deputy),
  deadline_hours: rule.deadlineHours,
  blocks_resolution: rule.blocksResolution,
  shows_request: rule.showsRequest,
})

const concernsNone = () =>
  unprocessable(
    'approval-rule-without-scope',
    'Choose a category, a department or both: a rule for every ticket would stop all work.',
    '/categoryId',
  )
const refusals = {
  ticket_approval_rule_concerns_some: concernsNone,
  ticket_approval_rule_category_id_fkey: () => categoryNotFound(),
}

/**
 * Which tickets need an approval by themselves: those of a category, those that arrive in a
 * department.
 */
export function ticketApprovalRuleRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/ticket-approval-rules',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listTicketApprovalRules',
        summary: 'List approval rules of tickets',
        description:
          'Which tickets need an approval by themselves: those of a category, or those that arrive in a department.',
        response: answers(200, page(ticketApprovalRule)),
      },
    },
    async () => {
      const rows = await db
        .selectFrom('ticket_approval_rule')
        .select(ticketApprovalRuleColumns)
        .orderBy((eb) => eb.fn('lower', ['name']))
        .orderBy('id')
        .execute()
      return { items: await shown(rows), next: null }
    },
  )

  api.post(
    '/ticket-approval-rules',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createTicketApprovalRule',
        summary: 'Add an approval rule of tickets',
        description:
          'Holds for tickets that get the category, or arrive in the department, from then on.',
        body: newTicketApprovalRule,
        response: answers(201, ticketApprovalRule),
      },
    },
    async (request, reply) => {
      await requireUsableRule(db, request.body)
      const adding = db
        .insertInto('ticket_approval_rule')
        .values({ id: newId(), ...written(request.body) })
        .returning(ticketApprovalRuleColumns)
        .execute()
      return reply.code(201).send((await shown(await refusing(adding, refusals)))[0]!)
    },
  )

  api.patch(
    '/ticket-approval-rules/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeTicketApprovalRule',
        summary: 'Change an approval rule of tickets',
        description: 'What it has asked already stays as it was asked.',
        params: uuidParams,
        body: ticketApprovalRuleChange,
        response: answers(200, ticketApprovalRule),
      },
    },
    async (request) => {
      const { id } = request.params
      const before = await db
        .selectFrom('ticket_approval_rule')
        .select(ticketApprovalRuleColumns)
        .where('id', '=', id)
        .executeTakeFirst()
      if (!before) throw notFound('such approval rule')
      const { stages, deputy } = request.body
      // One that is kept may be of an account that was closed: only what is new must be usable, and
      // the whole must fit together.
      await requireUsableRule(db, {
        departmentId: request.body.departmentId,
        ...(stages || deputy
          ? {
              stages: stages ?? before.stages,
              deputy: deputy === undefined ? before.deputy : deputy,
            }
          : {}),
      })
      const next = {
        ...before,
        ...Object.fromEntries(
          Object.entries(request.body).filter(([, value]) => value !== undefined),
        ),
      }
      const changing = db
        .updateTable('ticket_approval_rule')
        .set(written(next))
        .where('id', '=', id)
        .returning(ticketApprovalRuleColumns)
        .execute()
      const [changed] = await shown(await refusing(changing, refusals))
      if (!changed) throw notFound('such approval rule')
      return changed
    },
  )

  api.delete(
    '/ticket-approval-rules/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeTicketApprovalRule',
        summary: 'Remove an approval rule of tickets',
        description: 'Approvals that it has asked for go on.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await db
        .deleteFrom('ticket_approval_rule')
        .where('id', '=', request.params.id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('such approval rule')
      return reply.code(204).send()
    },
  )

  async function shown(rows: readonly RuleRow[]): Promise<TicketApprovalRuleView[]> {
    const named = await namesOf(db, choicesOf(rows))
    return rows.map((row) => ({
      ...row,
      stages: row.stages.map(({ rule, approvers }) => ({ rule, approvers: approvers.map(named) })),
      deputy: row.deputy && named(row.deputy),
    }))
  }
}
