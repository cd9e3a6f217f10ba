import type { z } from 'zod'
import { page, uuidParams } from '../../domain/contract.ts'
import { newTemplate, template, templateChange } from '../../domain/conversation/contract.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

type Template = z.infer<typeof template>
const COLUMNS = 'id, name, body, department_id AS "departmentId"'

/** Canned replies: for everybody, or for one department. */
export function templateRoutes(api: Api, { pool }: Dependencies): void {
  const requireDepartment = async (id: string | null | undefined): Promise<void> => {
    if (!id) return
    const { rowCount } = await pool.query('SELECT 1 FROM department WHERE id = $1', [id])
    if (!rowCount)
      throw unprocessable(
        'department-not-found',
        'This department does not exist.',
        '/departmentId',
      )
  }

  api.get(
    '/templates',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTemplates',
        summary: 'List canned replies',
        response: answers(200, page(template)),
      },
    },
    async (request) => {
      const { rows } = await pool.query<Template>(
        `SELECT ${COLUMNS} FROM template WHERE $1::uuid[] IS NULL OR department_id IS NULL OR department_id = ANY($1) ORDER BY lower(name), id`,
        [visibleDepartments(signedIn(request))],
      )
      return { items: rows, next: null }
    },
  )

  api.post(
    '/templates',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createTemplate',
        summary: 'Add a canned reply',
        body: newTemplate,
        response: answers(201, template),
      },
    },
    async (request, reply) => {
      const { name, body, departmentId } = request.body
      await requireDepartment(departmentId)
      const {
        rows: [row],
      } = await pool.query<Template>(
        `INSERT INTO template (id, name, body, department_id) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
        [newId(), name, body, departmentId ?? null],
      )
      return reply.code(201).send(row!)
    },
  )

  api.patch(
    '/templates/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeTemplate',
        summary: 'Change a canned reply',
        params: uuidParams,
        body: templateChange,
        response: answers(200, template),
      },
    },
    async (request) => {
      const { name, body, departmentId } = request.body
      await requireDepartment(departmentId)
      const {
        rows: [row],
      } = await pool.query<Template>(
        `UPDATE template SET name = coalesce($2, name), body = coalesce($3, body), department_id = CASE WHEN $4 THEN $5::uuid ELSE department_id END WHERE id = $1 RETURNING ${COLUMNS}`,
        [
          request.params.id,
          name ?? null,
          body ?? null,
          departmentId !== undefined,
          departmentId ?? null,
        ],
      )
      if (!row) throw notFound('such template')
      return row
    },
  )

  api.delete(
    '/templates/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeTemplate',
        summary: 'Remove a canned reply',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { rowCount } = await pool.query('DELETE FROM template WHERE id = $1', [
        request.params.id,
      ])
      if (!rowCount) throw notFound('such template')
      return reply.code(204).send()
    },
  )
}
