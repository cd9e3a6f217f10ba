import { page, uuidParams } from '../../domain/contract.ts'
import {
  type CustomField,
  customField,
  customFieldChange,
  newCustomField,
} from '../../domain/classification/contract.ts'
import { categoryNotFound } from './category-ref.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { departmentNotFound } from '../people/department-ref.ts'
import { customFieldColumns } from './custom-field-columns.ts'

/** Fields of an organisation's own, as admins define them. */
export function customFieldRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/custom-fields',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listCustomFields',
        summary: 'List custom fields',
        description:
          'In the order in which a ticket shows them, with the departments and categories that they are for.',
        response: answers(200, page(customField)),
      },
    },
    async () => ({
      items: await db
        .selectFrom('custom_field as f')
        .select(customFieldColumns)
        .orderBy('f.position')
        .orderBy((eb) => eb.fn('lower', ['f.name']))
        .orderBy('f.id')
        .execute(),
      next: null,
    }),
  )

  api.post(
    '/custom-fields',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createCustomField',
        summary: 'Add a custom field',
        description:
          'For all tickets, or those of a department or category. Its kind cannot be changed later. A choice needs `choices`.',
        body: newCustomField,
        response: answers(201, customField),
      },
    },
    async (request, reply) => {
      const field: CustomField = { ...request.body, id: newId() }
      requireChoices(field)
      await refusing(
        db
          .insertInto('custom_field')
          .values({ id: field.id, kind: field.kind, ...changeable(field) })
          .execute(),
        refusals,
      )
      return reply.code(201).send(field)
    },
  )

  api.patch(
    '/custom-fields/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeCustomField',
        summary: 'Change a custom field',
        description: 'Its kind stays: values that tickets hold keep their meaning.',
        params: uuidParams,
        body: customFieldChange,
        response: answers(200, customField),
      },
    },
    async (request) => {
      const before = await db
        .selectFrom('custom_field as f')
        .select(customFieldColumns)
        .where('f.id', '=', request.params.id)
        .executeTakeFirst()
      if (!before) throw notFound('such custom field')
      const field: CustomField = {
        ...before,
        ...(Object.fromEntries(
          Object.entries(request.body).filter(([, value]) => value !== undefined),
        ) as Partial<CustomField>),
      }
      requireChoices(field)
      await refusing(
        db.updateTable('custom_field').set(changeable(field)).where('id', '=', field.id).execute(),
        refusals,
      )
      return field
    },
  )

  api.delete(
    '/custom-fields/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeCustomField',
        summary: 'Remove a custom field',
        description: 'Tickets show it no more; their history keeps what it was set to.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await db
        .deleteFrom('custom_field')
        .where('id', '=', request.params.id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('such custom field')
      return reply.code(204).send()
    },
  )
}

/** What of a field can be changed: its kind stays. */
const changeable = (field: CustomField) => ({
  name: field.name,
  choices: field.choices,
  required: field.required,
  department_id: field.departmentId,
  category_id: field.categoryId,
  position: field.position,
})

function requireChoices({ kind, choices }: CustomField): void {
  if (kind === 'choice' && choices.length === 0)
    throw unprocessable('choices-missing', 'Give at least one choice.', '/choices')
}

const refusals = {
  custom_field_name_key: () =>
    conflict('field-name-taken', 'There is a field with this name for the same tickets already.'),
  custom_field_department_id_fkey: () => departmentNotFound(),
  custom_field_category_id_fkey: () => categoryNotFound(),
}
