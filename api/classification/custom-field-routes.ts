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
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { fieldApplies } from './required-fields.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'

const COLUMNS =
  'f.id, f.name, f.kind, f.choices, f.required, f.department_id AS "departmentId", f.category_id AS "categoryId", f.position'

/** Fields of an organisation's own: their definitions, and their values on a ticket. */
export function customFieldRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps

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
      items: (
        await pool.query<CustomField>(
          `SELECT ${COLUMNS} FROM custom_field f ORDER BY f.position, lower(f.name), f.id`,
        )
      ).rows,
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
        pool.query(
          'INSERT INTO custom_field (id, name, kind, choices, required, department_id, category_id, position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
          [
            field.id,
            field.name,
            field.kind,
            field.choices,
            field.required,
            field.departmentId,
            field.categoryId,
            field.position,
          ],
        ),
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
      const {
        rows: [before],
      } = await pool.query<CustomField>(`SELECT ${COLUMNS} FROM custom_field f WHERE f.id = $1`, [
        request.params.id,
      ])
      if (!before) throw notFound('such custom field')
      const field: CustomField = {
        ...before,
        ...(Object.fromEntries(
          Object.entries(request.body).filter(([, value]) => value !== undefined),
        ) as Partial<CustomField>),
      }
      requireChoices(field)
      await refusing(
        pool.query(
          'UPDATE custom_field SET name = $2, choices = $3, required = $4, department_id = $5, category_id = $6, position = $7 WHERE id = $1',
          [
            field.id,
            field.name,
            field.choices,
            field.required,
            field.departmentId,
            field.categoryId,
            field.position,
          ],
        ),
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
      const { rowCount } = await pool.query('DELETE FROM custom_field WHERE id = $1', [
        request.params.id,
      ])
      if (!rowCount) throw notFound('such custom field')
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
        response: answers(200, ticketField),
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
    const { rows } = await pool.query<Omit<TicketField, 'missing'>>(
      `SELECT ${COLUMNS}, coalesce(t.state->'fields'->f.id::text, 'null') AS value FROM ticket t, custom_field f
       WHERE t.number = $1 AND ${fieldApplies('t.department_id', 't.category_id')}
       ORDER BY f.position, lower(f.name), f.id`,
      [number],
    )
    return rows.map(shown)
  }

  async function personOf(id: string): Promise<FieldValue> {
    const {
      rows: [row],
    } = z.uuid().safeParse(id).success
      ? await pool.query<{ id: string; name: string }>(
          'SELECT id, name FROM app_user WHERE id = $1 AND active',
          [id],
        )
      : { rows: [] }
    if (!row)
      throw unprocessable(
        'person-not-found',
        'This person does not exist, or is not active.',
        '/value',
      )
    return row
  }
}

const shown = (field: Omit<TicketField, 'missing'>): TicketField => ({
  ...field,
  missing: field.required && isUnfilled(field.kind, field.value),
})

function requireChoices({ kind, choices }: CustomField): void {
  if (kind === 'choice' && choices.length === 0)
    throw unprocessable('choices-missing', 'Give at least one choice.', '/choices')
}

const refusals = {
  custom_field_name_key: () =>
    conflict('field-name-taken', 'There is a field with this name for the same tickets already.'),
  custom_field_department_id_fkey: () =>
    unprocessable('department-not-found', 'This department does not exist.', '/departmentId'),
  custom_field_category_id_fkey: () =>
    unprocessable('category-not-found', 'This category does not exist.', '/categoryId'),
}
