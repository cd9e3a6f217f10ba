import { page, uuidParams } from '../../domain/contract.ts'
import { newTemplate, template, templateChange } from '../../domain/conversation/contract.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { departmentRef } from '../people/department-ref.ts'

const columns = ['id', 'name', 'body', 'department_id as departmentId'] as const

/** Canned replies: for everybody, or for one department. */
export function templateRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/templates',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTemplates',
        summary: 'List canned replies',
        description: 'Those for all departments and those of one’s own, by name.',
        response: answers(200, page(template)),
      },
    },
    async (request) => {
      const departments = visibleDepartments(signedIn(request))
      const rows = await db
        .selectFrom('template')
        .select(columns)
        .$if(departments !== null, (all) =>
          all.where((eb) =>
            eb.or([
              eb('department_id', 'is', null),
              eb('department_id', '=', anyOf(departments ?? [], 'uuid')),
            ]),
          ),
        )
        .orderBy((eb) => eb.fn('lower', ['name']))
        .orderBy('id')
        .execute()
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
        description:
          'For one department, or for all when `departmentId` is null. Variables, such as `{{requester.name}}`, are filled in when it is used.',
        body: newTemplate,
        response: answers(201, template),
      },
    },
    async (request, reply) => {
      const { name, body, departmentId } = request.body
      if (departmentId) await departmentRef(db, departmentId)
      const row = await db
        .insertInto('template')
        .values({ id: newId(), name, body, department_id: departmentId ?? null })
        .returning(columns)
        .executeTakeFirstOrThrow()
      return reply.code(201).send(row)
    },
  )

  api.patch(
    '/templates/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeTemplate',
        summary: 'Change a canned reply',
        description: 'What is left out stays. Replies that were written with it stay as they are.',
        params: uuidParams,
        body: templateChange,
        response: answers(200, template),
      },
    },
    async (request) => {
      const { name, body, departmentId } = request.body
      if (departmentId) await departmentRef(db, departmentId)
      const { id } = request.params
      const row = await db
        .updateTable('template')
        .set({ id, name, body, department_id: departmentId })
        .where('id', '=', id)
        .returning(columns)
        .executeTakeFirst()
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
        description: 'Replies that were written with it stay as they are.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await db
        .deleteFrom('template')
        .where('id', '=', request.params.id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('such template')
      return reply.code(204).send()
    },
  )
}
