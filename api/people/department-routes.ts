import { page, uuidParams } from '../../domain/contract.ts'
import {
  department,
  type Department,
  departmentChange,
  newDepartment,
} from '../../domain/people/contract.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

/**
 * Departments. Whoever works with tickets sees all of them, for a ticket can be handed over to any.
 */
export function departmentRoutes(api: Api, { db }: Dependencies): void {
  const departments = () =>
    db
      .selectFrom('department as d')
      .leftJoin('sender as s', 's.department_id', 'd.id')
      .select((eb) => [
        'd.id',
        'd.name',
        'd.signature',
        'd.acknowledge',
        's.from as senderFrom',
        arrayFrom(
          eb
            .selectFrom('mailbox as m')
            .select('m.address')
            .whereRef('m.department_id', '=', 'd.id')
            .where('m.deleted_at', 'is', null)
            .orderBy('m.address'),
        ).as('mailboxAddresses'),
      ])
  const one = async (id: string): Promise<Department> => {
    const row = await departments().where('d.id', '=', id).executeTakeFirst()
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
        description:
          'All of them, with their mailboxes’ addresses and the address that replies leave from, by name.',
        response: answers(200, page(department)),
      },
    },
    async () => ({
      items: await departments()
        .orderBy((eb) => eb.fn('lower', ['d.name']))
        .execute(),
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
        description: 'With its mailboxes’ addresses and the address that replies leave from.',
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
        description:
          'It owns mailboxes and tickets. Nobody but admins works in it until users are given it. 409 when the name is taken.',
        body: newDepartment,
        response: answers(201, department),
      },
    },
    async (request, reply) => {
      const { name, signature, acknowledge } = request.body
      const id = newId()
      await refusing(
        db.insertInto('department').values({ id, name, signature, acknowledge }).execute(),
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
        description:
          'What is left out stays. Tickets show the new name; what their histories say stays. 409 when the name is taken.',
        params: uuidParams,
        body: departmentChange,
        response: answers(200, department),
      },
    },
    async (request) => {
      const { id } = request.params
      await refusing(
        db
          .updateTable('department')
          // With its id, so that there is something to set when nothing is to change.
          .set({ id, ...request.body })
          .where('id', '=', id)
          .execute(),
        { department_name_key: nameTaken },
      )
      return one(id)
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
      await db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('template').where('department_id', '=', id).execute()
        const { numDeletedRows } = await refusing(
          transaction.deleteFrom('department').where('id', '=', id).executeTakeFirst(),
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
        if (numDeletedRows === 0n) throw notFound('such department')
      })
      return reply.code(204).send()
    },
  )
}

const nameTaken = () =>
  conflict('department-name-taken', 'There is a department with this name already.')
