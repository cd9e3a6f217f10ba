import {
  newTicketApprovalRule,
  ticketApprovalRule,
  ticketApprovalRuleChange,
  type NewTicketApprovalRule,
  type TicketApprovalRuleView,
} from '../../domain/approvals/rules-contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { choicesIn, namesOf, requireUsableRule } from './rule-approvers.ts'

type RuleRow = NewTicketApprovalRule & { id: string }

const COLUMNS = `id, name, text, category_id AS "categoryId", department_id AS "departmentId", stages, deputy, deadline_hours AS "deadlineHours",
  blocks_resolution AS "blocksResolution", shows_request AS "showsRequest"`
const concernsNone = () =>
  unprocessable(
    'approval-rule-without-scope',
    'Choose a category, a department or both: a rule for every ticket would stop all work.',
    '/categoryId',
  )
const refusals = {
  ticket_approval_rule_concerns_some: concernsNone,
  ticket_approval_rule_category_id_fkey: () =>
    unprocessable('category-not-found', 'This category does not exist.', '/categoryId'),
}

/**
 * Which tickets need an approval by themselves: those of a category, those that arrive in a
 * department.
 */
export function ticketApprovalRuleRoutes(api: Api, { pool }: Dependencies): void {
  api.get(
    '/ticket-approval-rules',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listTicketApprovalRules',
        summary: 'List approval rules of tickets',
        response: answers(200, page(ticketApprovalRule)),
      },
    },
    async () => {
      const { rows } = await pool.query<RuleRow>(
        `SELECT ${COLUMNS} FROM ticket_approval_rule ORDER BY lower(name), id`,
      )
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
      const {
        name,
        text,
        categoryId,
        departmentId,
        stages,
        deputy,
        deadlineHours,
        blocksResolution,
        showsRequest,
      } = request.body
      await requireUsableRule(pool, request.body)
      const { rows } = await refusing(
        pool.query<RuleRow>(
          `INSERT INTO ticket_approval_rule (id, name, text, category_id, department_id, stages, deputy, deadline_hours, blocks_resolution, shows_request)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
          [
            timeOrderedId(),
            name,
            text,
            categoryId,
            departmentId,
            JSON.stringify(stages),
            deputy && JSON.stringify(deputy),
            deadlineHours,
            blocksResolution,
            showsRequest,
          ],
        ),
        refusals,
      )
      return reply.code(201).send((await shown(rows))[0]!)
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
      const {
        rows: [before],
      } = await pool.query<RuleRow>(`SELECT ${COLUMNS} FROM ticket_approval_rule WHERE id = $1`, [
        id,
      ])
      if (!before) throw notFound('such approval rule')
      const { stages, deputy } = request.body
      // One that is kept may be of an account that was closed: only what is new must be usable, and
      // the whole must fit together.
      await requireUsableRule(pool, {
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
      const { rows } = await refusing(
        pool.query<RuleRow>(
          `UPDATE ticket_approval_rule SET name = $2, text = $3, category_id = $4, department_id = $5, stages = $6, deputy = $7, deadline_hours = $8, blocks_resolution = $9, shows_request = $10
       WHERE id = $1 RETURNING ${COLUMNS}`,
          [
            id,
            next.name,
            next.text,
            next.categoryId,
            next.departmentId,
            JSON.stringify(next.stages),
            next.deputy && JSON.stringify(next.deputy),
            next.deadlineHours,
            next.blocksResolution,
            next.showsRequest,
          ],
        ),
        refusals,
      )
      const [changed] = await shown(rows)
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
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { rowCount } = await pool.query('DELETE FROM ticket_approval_rule WHERE id = $1', [
        request.params.id,
      ])
      if (!rowCount) throw notFound('such approval rule')
      return reply.code(204).send()
    },
  )

  async function shown(rows: readonly RuleRow[]): Promise<TicketApprovalRuleView[]> {
    const named = await namesOf(
      pool,
      rows.flatMap(({ stages, deputy }) => [...choicesIn(stages), ...(deputy ? [deputy] : [])]),
    )
    return rows.map((row) => ({
      ...row,
      stages: row.stages.map(({ rule, approvers }) => ({ rule, approvers: approvers.map(named) })),
      deputy: row.deputy && named(row.deputy),
    }))
  }
}
