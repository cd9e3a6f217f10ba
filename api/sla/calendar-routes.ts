import { calendar, calendarChange, newCalendar } from '../../domain/sla/contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import { isTimeZone } from '../../application/sla/time-zone.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from './settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

const columns = ['id', 'name', 'zone', 'weekly', 'holidays'] as const

/** Business hours. A change plans every open ticket anew that goes by them. */
export function calendarRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/calendars',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listCalendars',
        summary: 'List calendars of business hours',
        description:
          'When the desk works: hours of each day, holidays and time zone. Service levels count in them.',
        response: answers(200, page(calendar)),
      },
    },
    async () => ({
      items: await db
        .selectFrom('sla_calendar')
        .select(columns)
        .orderBy((eb) => eb.fn('lower', ['name']))
        .execute(),
      next: null,
    }),
  )

  api.post(
    '/calendars',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createCalendar',
        summary: 'Add a calendar',
        description: '`zone` is a name of the IANA time zone database. 409 when the name is taken.',
        body: newCalendar,
        response: answers(201, calendar),
      },
    },
    async (request, reply) => {
      const { name, zone, weekly, holidays } = request.body
      requireZone(zone)
      const added = await refusing(
        db
          .insertInto('sla_calendar')
          .values({ id: newId(), name, zone, weekly: jsonb(weekly), holidays: sorted(holidays) })
          .returning(columns)
          .executeTakeFirstOrThrow(),
        refusals,
      )
      return reply.code(201).send(added)
    },
  )

  api.patch(
    '/calendars/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeCalendar',
        summary: 'Change a calendar',
        description: 'Due times of open tickets follow within seconds.',
        params: uuidParams,
        body: calendarChange,
        response: answers(200, calendar),
      },
    },
    async (request) => {
      const { name, zone, weekly, holidays } = request.body
      if (zone !== undefined) requireZone(zone)
      const { id } = request.params
      return changeSlaSettings(deps, async (transaction) => {
        const changed = await refusing(
          transaction
            .updateTable('sla_calendar')
            .set({
              id,
              name,
              zone,
              weekly: weekly && jsonb(weekly),
              holidays: holidays && sorted(holidays),
            })
            .where('id', '=', id)
            .returning(columns)
            .executeTakeFirst(),
          refusals,
        )
        if (!changed) throw notFound('such calendar')
        await raiseSlaRevision(transaction)
        return changed
      })
    },
  )

  api.delete(
    '/calendars/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeCalendar',
        summary: 'Remove a calendar',
        description: 'Refused while a service level goes by it.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await refusing(
        db.deleteFrom('sla_calendar').where('id', '=', request.params.id).executeTakeFirst(),
        {
          service_level_calendar_id_fkey: () =>
            conflict(
              'calendar-in-use',
              'A service level goes by this calendar. Give it another one first.',
            ),
        },
      )
      if (numDeletedRows === 0n) throw notFound('such calendar')
      return reply.code(204).send()
    },
  )
}

const sorted = (days: readonly string[]): string[] => [...new Set(days)].sort()

function requireZone(zone: string): void {
  if (!isTimeZone(zone))
    throw unprocessable(
      'time-zone-unknown',
      `There is no time zone “${zone}”. Give its IANA name, such as Europe/Zurich.`,
      '/zone',
    )
}

const refusals = {
  sla_calendar_name_key: () =>
    conflict('calendar-name-taken', 'There is a calendar with this name already.'),
}
