import type { StageChoice } from '../../domain/approvals/contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import {
  approvalRule,
  approvalRuleChange,
  type ApprovalRuleView,
  newApprovalRule,
} from '../../domain/purchases/contract.ts'
import { decimalsOf } from '../../domain/purchases/currencies.ts'
import { readDecimal, roundTo, writeDecimal } from '../../domain/purchases/money.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { choicesIn, namesOf, requireUsableRule } from './rule-approvers.ts'

interface RuleRow {
  id: string
  departmentId: string | null
  currency: string
  fromAmount: string
  stages: StageChoice[]
  deadlineHours: number | null
}
const COLUMNS =
  'id, department_id AS "departmentId", currency, from_amount::text AS "fromAmount", stages, deadline_hours AS "deadlineHours"'
const taken = {
  approval_rule_once: () =>
    conflict(
      'approval-rule-exists',
      'There is a rule for this department, currency and amount already. Change that one.',
    ),
}

/** By whom purchases are approved: of which department, from which amount on. */
export function approvalRuleRoutes(api: Api, { pool }: Dependencies): void {
  api.get(
    '/approval-rules',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listApprovalRules',
        summary: 'List approval rules',
        response: answers(200, page(approvalRule)),
      },
    },
    async () => {
      const { rows } = await pool.query<RuleRow>(
        `SELECT ${COLUMNS} FROM approval_rule ORDER BY department_id NULLS FIRST, currency, from_amount`,
      )
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
        body: newApprovalRule,
        response: answers(201, approvalRule),
      },
    },
    async (request, reply) => {
      const { departmentId, currency, fromAmount, stages, deadlineHours } = request.body
      await requireUsableRule(pool, { departmentId, stages })
      const {
        rows: [row],
      } = await refusing(
        pool.query<RuleRow>(
          `INSERT INTO approval_rule (id, department_id, currency, from_amount, stages, deadline_hours) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
          [
            timeOrderedId(),
            departmentId,
            currency,
            fromAmount,
            JSON.stringify(stages),
            deadlineHours,
          ],
        ),
        taken,
      )
      return reply.code(201).send(await viewOf(row!))
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
      await requireUsableRule(pool, { departmentId, stages })
      const {
        rows: [row],
      } = await refusing(
        pool.query<RuleRow>(
          `UPDATE approval_rule SET department_id = CASE WHEN $2 THEN $3::uuid ELSE department_id END, currency = coalesce($4, currency), from_amount = coalesce($5::numeric, from_amount),
         stages = coalesce($6::jsonb, stages), deadline_hours = CASE WHEN $7 THEN $8::int ELSE deadline_hours END WHERE id = $1 RETURNING ${COLUMNS}`,
          [
            request.params.id,
            departmentId !== undefined,
            departmentId ?? null,
            currency ?? null,
            fromAmount ?? null,
            stages ? JSON.stringify(stages) : null,
            deadlineHours !== undefined,
            deadlineHours ?? null,
          ],
        ),
        taken,
      )
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
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { rowCount } = await pool.query('DELETE FROM approval_rule WHERE id = $1', [
        request.params.id,
      ])
      if (!rowCount) throw notFound('such approval rule')
      return reply.code(204).send()
    },
  )

  async function viewOf(row: RuleRow): Promise<ApprovalRuleView> {
    const named = await namesOf(pool, choicesIn(row.stages))
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
