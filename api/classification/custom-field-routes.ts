import { sql } from 'kysely'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { z } from 'zod'
import { page, ticketParams, uuidParams } from '../../domain/contract.ts'
import {
  type CustomField,
  customField,
  customFieldChange,
  newCustomField,
} from '../../domain/classification/contract.ts'
import { fieldChange, type TicketField, ticketField } from '../../domain/tickets/contract.ts'
import { type FieldValue, isUnfilled, misfit } from '../../domain/classification/custom-fields.ts'
import { categoryNotFound } from './category-ref.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { fieldApplies } from './required-fields.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { departmentNotFound } from '../people/department-ref.ts'

const columns = [
  'f.id',
  'f.name',
  'f.kind',
  'f.choices',
  'f.required',
  'f.department_id as departmentId',
  'f.category_id as categoryId',
  'f.position',
] as const

/** Fields of an organisation's own: their definitions, and their values on a ticket. */
export function customFieldRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/custom-fields',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listCustomFields',
        summary: 'List custom fields',
        response: answers(200, page(customField)),
      },
    },
    async () => ({
      items: await db
        .selectFrom('custom_field as f')
        .select(columns)
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
        .select(columns)
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

  api.get(
    '/tickets/:number/fields',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTicketFields',
        summary: 'Custom fields of a ticket',
        description: 'Those of its department and category, with their values.',
        params: ticketParams,
        response: answers(200, page(ticketField)),
      },
    },
    async (request) => {
      const { number } = await authorisedTicket(db, signedIn(request), request.params.number)
      return { items: await fieldsOf(number), next: null }
    },
  )

  api.put(
    '/tickets/:number/fields/:id',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'setTicketField',
        summary: 'Set a custom field of a ticket',
        description: 'A person by user id. Null empties it.',
        params: ticketParams.extend({ id: z.uuid() }),
        body: fieldChange,
        response: orKept(answers(200, ticketField)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const field = (await fieldsOf(ticket.number)).find(({ id }) => id === request.params.id)
      if (!field) throw notFound('such custom field on this ticket')
      const value =
        field.kind === 'person' && typeof request.body.value === 'string'
          ? await personOf(request.body.value)
          : request.body.value
      const wrong = misfit(field, value)
      if (wrong) throw unprocessable('field-value-misfit', wrong, '/value')
      await command(deps, user, ticket, 'setField', {
        fieldId: field.id,
        name: field.name,
        value: value === '' ? null : value,
      })
      const { fields } = await loadTicket(db, ticket.number)
      return shown({ ...field, value: fields[field.id] ?? null })
    },
  )

  async function fieldsOf(number: number): Promise<TicketField[]> {
    const fields = await db
      .selectFrom(['ticket as t', 'custom_field as f'])
      .select(columns)
      .select(sql<FieldValue | null>`t.state->'fields'->f.id::text`.as('value'))
      .where('t.number', '=', number)
      .where((eb) => fieldApplies(eb.ref('t.department_id'), eb.ref('t.category_id')))
      .orderBy('f.position')
      .orderBy((eb) => eb.fn('lower', ['f.name']))
      .orderBy('f.id')
      .execute()
    return fields.map(shown)
  }

  async function personOf(id: string): Promise<FieldValue> {
    const person = z.uuid().safeParse(id).success
      ? await db
          .selectFrom('app_user')
          .select(['id', 'name'])
          .where('id', '=', id)
          .where('active', '=', true)
          .executeTakeFirst()
      : undefined
    if (!person)
      throw unprocessable(
        'person-not-found',
        'This person does not exist, or is not active.',
        '/value',
      )
    return person
  }
}

const shown = (field: Omit<TicketField, 'missing'>): TicketField => ({
  ...field,
  missing: field.required && isUnfilled(field.kind, field.value),
})

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
