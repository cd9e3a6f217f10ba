import { sql } from 'kysely'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { z } from 'zod'
import { page, ticketParams } from '../../domain/contract.ts'
import { fieldChange, type TicketField, ticketField } from '../../domain/tickets/contract.ts'
import { type FieldValue, isUnfilled, misfit } from '../../domain/classification/custom-fields.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { fieldApplies } from './required-fields.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { customFieldColumns } from './custom-field-columns.ts'

/** The values of custom fields on a ticket. */
export function ticketFieldRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

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
      .select(customFieldColumns)
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
