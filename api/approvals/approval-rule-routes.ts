import { choicesOf } from '../../domain/approvals/eligible-approvers.ts'
import type { Selection } from 'kysely'
import { page, uuidParams } from '../../domain/contract.ts'
import {
  approvalRule,
  approvalRuleChange,
  type ApprovalRuleView,
  newApprovalRule,
} from '../../domain/purchases/contract.ts'
import { decimalsOf } from '../../domain/purchases/currencies.ts'
import { readDecimal, roundTo, writeDecimal } from '../../domain/purchases/money.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { namesOf, requireUsableRule } from './rule-approvers.ts'

const columns = [
  'id',
  'department_id as departmentId',
  'currency',
  'from_amount as fromAmount',
  'stages',
  'deadline_hours as deadlineHours',
] as const
type RuleRow = Selection<DB, 'approval_rule', (typeof columns)[number]>

const taken = {
  approval_rule_once: () =>
    conflict(
      'approval-rule-exists',
      'There is a rule for this department, currency and amount already. Change that one.',
    ),
}

/** By whom purchases are approved: of which department, from which amount on. */
export function approvalRuleRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/approval-rules',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listApprovalRules',
        summary: 'List approval rules',
        description:
          'By whom purchases are approved: for each department and currency, from which amount on.',
        response: answers(200, page(approvalRule)),
      },
    },
    async () => {
      const rows = await db
        .selectFrom('approval_rule')
        .select(columns)
        .orderBy('department_id', (order) => order.nullsFirst())
        .orderBy('currency')
        .orderBy('from_amount')
        .execute()
      return { items: await Promise.all(rows.map(viewOf)), next: null }
    },
  )

  api.post(
    '/approval-rules',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createApprovalRule',
        summary: 'Add an approval rule',
        description:
          'Purchases that are submitted from now on follow it. 409 when there is one for this department, currency and amount.',
        body: newApprovalRule,
        response: answers(201, approvalRule),
      },
    },
    async (request, reply) => {
      const { departmentId, currency, fromAmount, stages, deadlineHours } = request.body
      await requireUsableRule(db, { departmentId, stages })
      const adding = db
        .insertInto('approval_rule')
        .values({
          id: newId(),
          department_id: departmentId,
          currency,
          from_amount: fromAmount,
          stages: jsonb(stages),
          deadline_hours: deadlineHours,
        })
        .returning(columns)
        .executeTakeFirstOrThrow()
      return reply.code(201).send(await viewOf(await refusing(adding, taken)))
    },
  )

  api.patch(
    '/approval-rules/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeApprovalRule',
        summary: 'Change an approval rule',
        description: 'Holds for what is submitted from then on.',
        params: uuidParams,
        body: approvalRuleChange,
        response: answers(200, approvalRule),
      },
    },
    async (request) => {
      const { departmentId, currency, fromAmount, stages, deadlineHours } = request.body
      await requireUsableRule(db, { departmentId, stages })
      const { id } = request.params
      const changing = db
        .updateTable('approval_rule')
        // With the id, so that there is something to set when nothing is to change.
        .set({
          id,
          department_id: departmentId,
          currency,
          from_amount: fromAmount,
          stages: stages && jsonb(stages),
          deadline_hours: deadlineHours,
        })
        .where('id', '=', id)
        .returning(columns)
        .executeTakeFirst()
      const row = await refusing(changing, taken)
      if (!row) throw notFound('such approval rule')
      return viewOf(row)
    },
  )

  api.delete(
    '/approval-rules/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeApprovalRule',
        summary: 'Remove an approval rule',
        description: 'Approvals that it has asked for go on.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await db
        .deleteFrom('approval_rule')
        .where('id', '=', request.params.id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('such approval rule')
      return reply.code(204).send()
    },
  )

  async function viewOf(row: RuleRow): Promise<ApprovalRuleView> {
    const named = await namesOf(db, choicesOf([{ stages: row.stages, deputy: null }]))
    const amount = readDecimal(row.fromAmount)
    return {
      ...row,
      fromAmount: amount
        ? writeDecimal(roundTo(amount, decimalsOf(row.currency) ?? 2))
        : row.fromAmount,
      stages: row.stages.map(({ rule, approvers }) => ({ rule, approvers: approvers.map(named) })),
    }
  }
}
