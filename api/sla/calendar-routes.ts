import { calendar, type Calendar, calendarChange, newCalendar } from '../../domain/sla/contract.ts'
import { page, uuidParams } from '../../domain/contract.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import { isTimeZone } from '../../application/sla/time-zone.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from './settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

const COLUMNS = 'id, name, zone, weekly, holidays'

/** Business hours. A change plans every open ticket anew that goes by them. */
export function calendarRoutes(api: Api, deps: Dependencies): void {
  const { pool } = deps

  api.get(
    '/calendars',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listCalendars',
        summary: 'List calendars of business hours',
        response: answers(200, page(calendar)),
      },
    },
    async () => ({
      items: (
        await pool.query<Calendar>(`SELECT ${COLUMNS} FROM sla_calendar ORDER BY lower(name)`)
      ).rows,
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
        body: newCalendar,
        response: answers(201, calendar),
      },
    },
    async (request, reply) => {
      const { name, zone, weekly, holidays } = request.body
      requireZone(zone)
      const {
        rows: [row],
      } = await refusing(
        pool.query<Calendar>(
          `INSERT INTO sla_calendar (id, name, zone, weekly, holidays) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
          [newId(), name, zone, JSON.stringify(weekly), sorted(holidays)],
        ),
        refusals,
      )
      return reply.code(201).send(row!)
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
      return changeSlaSettings(deps, async (client) => {
        const {
          rows: [row],
        } = await refusing(
          client.query<Calendar>(
            `UPDATE sla_calendar SET name = coalesce($2, name), zone = coalesce($3, zone), weekly = coalesce($4, weekly), holidays = coalesce($5, holidays) WHERE id = $1 RETURNING ${COLUMNS}`,
            [
              request.params.id,
              name ?? null,
              zone ?? null,
              weekly ? JSON.stringify(weekly) : null,
              holidays ? sorted(holidays) : null,
            ],
          ),
          refusals,
        )
        if (!row) throw notFound('such calendar')
        await raiseSlaRevision(databaseOn(client))
        return row
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
      const { rowCount } = await refusing(
        pool.query('DELETE FROM sla_calendar WHERE id = $1', [request.params.id]),
        {
          service_level_calendar_id_fkey: () =>
            conflict(
              'calendar-in-use',
              'A service level goes by this calendar. Give it another one first.',
            ),
        },
      )
      if (!rowCount) throw notFound('such calendar')
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
