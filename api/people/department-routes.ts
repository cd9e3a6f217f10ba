import { page, uuidParams } from '../../domain/contract.ts'
import {
  department,
  type Department,
  departmentChange,
  newDepartment,
} from '../../domain/people/contract.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

const SELECT = `SELECT d.id, d.name, d.signature, d.acknowledge, s."from" AS "senderFrom",
    ARRAY(SELECT m.address FROM mailbox m WHERE m.department_id = d.id AND m.deleted_at IS NULL ORDER BY m.address) AS "mailboxAddresses"
  FROM department d LEFT JOIN sender s ON s.department_id = d.id`

/**
 * Departments. Whoever works with tickets sees all of them, for a ticket can be handed over to any.
 */
export function departmentRoutes(api: Api, { pool }: Dependencies): void {
  const one = async (id: string): Promise<Department> => {
    const {
      rows: [row],
    } = await pool.query<Department>(`${SELECT} WHERE d.id = $1`, [id])
    if (!row) throw notFound('such department')
    return row
  }

  api.get(
    '/departments',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listDepartments',
        summary: 'List departments',
        response: answers(200, page(department)),
      },
    },
    async () => ({
      items: (await pool.query<Department>(`${SELECT} ORDER BY lower(d.name)`)).rows,
      next: null,
    }),
  )

  api.get(
    '/departments/:id',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getDepartment',
        summary: 'One department',
        params: uuidParams,
        response: answers(200, department),
      },
    },
    (request) => one(request.params.id),
  )

  api.post(
    '/departments',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createDepartment',
        summary: 'Add a department',
        body: newDepartment,
        response: answers(201, department),
      },
    },
    async (request, reply) => {
      const { name, signature, acknowledge } = request.body
      const id = timeOrderedId()
      await refusing(
        pool.query(
          'INSERT INTO department (id, name, signature, acknowledge) VALUES ($1, $2, $3, $4)',
          [id, name, signature, acknowledge],
        ),
        { department_name_key: nameTaken },
      )
      return reply.code(201).send(await one(id))
    },
  )

  api.patch(
    '/departments/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeDepartment',
        summary: 'Change a department',
        params: uuidParams,
        body: departmentChange,
        response: answers(200, department),
      },
    },
    async (request) => {
      const { name, signature, acknowledge } = request.body
      await refusing(
        pool.query(
          'UPDATE department SET name = coalesce($2, name), signature = coalesce($3, signature), acknowledge = coalesce($4, acknowledge) WHERE id = $1',
          [request.params.id, name ?? null, signature ?? null, acknowledge ?? null],
        ),
        { department_name_key: nameTaken },
      )
      return one(request.params.id)
    },
  )

  api.delete(
    '/departments/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeDepartment',
        summary: 'Remove a department',
        description:
          'Refused while it has tickets or mailboxes: history must not lose its department.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await inTransaction(pool, async (client) => {
        await client.query('DELETE FROM template WHERE department_id = $1', [id])
        const { rowCount } = await refusing(
          client.query('DELETE FROM department WHERE id = $1', [id]),
          {
            ticket_department_id_fkey: () =>
              conflict(
                'department-in-use',
                'This department has tickets. Move them to another one first, or give this one a new name.',
              ),
            mailbox_department_id_fkey: () =>
              conflict(
                'department-in-use',
                'This department has, or had, a mailbox, and its mail is kept. Move the mailbox to another department, or give this one a new name.',
              ),
          },
        )
        if (!rowCount) throw notFound('such department')
      })
      return reply.code(204).send()
    },
  )
}

const nameTaken = () =>
  conflict('department-name-taken', 'There is a department with this name already.')
