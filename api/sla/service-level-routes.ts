import type { z } from 'zod'
import { page, uuidParams } from '../../domain/contract.ts'
import {
  newServiceLevel,
  type ServiceLevel,
  serviceLevel,
  serviceLevelChange,
  waitingSettings,
  type WaitingSettings,
} from '../../domain/sla/contract.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from './settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

const COLUMNS = `id, name, domain, category_id AS "categoryId", department_id AS "departmentId", priority, calendar_id AS "calendarId", first_response AS "firstResponse", resolution,
  warn_percent AS "warnPercent", escalate_priority AS "escalatePriority", escalate_owner_id AS "escalateOwnerId"`

const values = (level: ServiceLevel): unknown[] => [
  level.id,
  level.name,
  level.domain,
  level.departmentId,
  level.priority,
  level.calendarId,
  level.firstResponse,
  level.resolution,
  level.warnPercent,
  level.escalatePriority,
  level.escalateOwnerId,
  level.categoryId,
]

/**
 * What is promised to whom, and how long requesters are waited for. A change plans every open
 * ticket anew.
 */
export function serviceLevelRoutes(api: Api, deps: Dependencies): void {
  const { pool } = deps

  api.get(
    '/service-levels',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listServiceLevels',
        summary: 'List service levels',
        description:
          'A ticket goes by the most specific one: requester’s domain before category before department before priority.',
        response: answers(200, page(serviceLevel)),
      },
    },
    async () => ({
      items: (
        await pool.query<ServiceLevel>(
          `SELECT ${COLUMNS} FROM service_level ORDER BY lower(name), id`,
        )
      ).rows,
      next: null,
    }),
  )

  api.post(
    '/service-levels',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createServiceLevel',
        summary: 'Add a service level',
        body: newServiceLevel,
        response: answers(201, serviceLevel),
      },
    },
    async (request, reply) => {
      const level: ServiceLevel = { ...request.body, id: newId() }
      requirePromise(level)
      await changeSlaSettings(deps, async (client) => {
        await refusing(
          client.query(
            `INSERT INTO service_level (id, name, domain, department_id, priority, calendar_id, first_response, resolution, warn_percent, escalate_priority, escalate_owner_id, category_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
            values(level),
          ),
          refusals,
        )
        await raiseSlaRevision(databaseOn(client))
      })
      return reply.code(201).send(level)
    },
  )

  api.patch(
    '/service-levels/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeServiceLevel',
        summary: 'Change a service level',
        description: 'Due times of open tickets follow within seconds.',
        params: uuidParams,
        body: serviceLevelChange,
        response: answers(200, serviceLevel),
      },
    },
    (request) =>
      changeSlaSettings(deps, async (client) => {
        const {
          rows: [before],
        } = await client.query<ServiceLevel>(
          `SELECT ${COLUMNS} FROM service_level WHERE id = $1 FOR UPDATE`,
          [request.params.id],
        )
        if (!before) throw notFound('such service level')
        const level = { ...before, ...given(request.body) }
        requirePromise(level)
        await refusing(
          client.query(
            `UPDATE service_level SET name = $2, domain = $3, department_id = $4, priority = $5, calendar_id = $6, first_response = $7, resolution = $8, warn_percent = $9,
         escalate_priority = $10, escalate_owner_id = $11, category_id = $12 WHERE id = $1`,
            values(level),
          ),
          refusals,
        )
        await raiseSlaRevision(databaseOn(client))
        return level
      }),
  )

  api.delete(
    '/service-levels/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeServiceLevel',
        summary: 'Remove a service level',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await changeSlaSettings(deps, async (client) => {
        const { rowCount } = await client.query('DELETE FROM service_level WHERE id = $1', [
          request.params.id,
        ])
        if (!rowCount) throw notFound('such service level')
        await raiseSlaRevision(databaseOn(client))
      })
      return reply.code(204).send()
    },
  )

  api.get(
    '/departments/:id/waiting',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getWaiting',
        summary: 'How a department waits for its requesters',
        params: uuidParams,
        response: answers(200, waitingSettings),
      },
    },
    async (request) => {
      const {
        rows: [row],
      } = await pool.query<WaitingSettings>(
        `SELECT coalesce(w.reminders, '{}') AS reminders, w.close_after AS "closeAfter" FROM department d LEFT JOIN waiting_policy w ON w.department_id = d.id WHERE d.id = $1`,
        [request.params.id],
      )
      if (!row) throw notFound('such department')
      return row
    },
  )

  api.put(
    '/departments/:id/waiting',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setWaiting',
        summary: 'Set how a department waits for its requesters',
        description: 'Without reminders and closing nothing happens by itself.',
        params: uuidParams,
        body: waitingSettings,
        response: answers(200, waitingSettings),
      },
    },
    async (request) => {
      const { closeAfter } = request.body
      const reminders = [...new Set(request.body.reminders)].sort((a, b) => a - b)
      if (closeAfter !== null && reminders.some((minutes) => minutes >= closeAfter))
        throw unprocessable(
          'reminder-after-closing',
          'Every reminder must come before the closing.',
          '/reminders',
        )
      await changeSlaSettings(deps, async (client) => {
        const { rowCount } = await client.query('SELECT 1 FROM department WHERE id = $1', [
          request.params.id,
        ])
        if (!rowCount) throw notFound('such department')
        if (reminders.length === 0 && closeAfter === null)
          await client.query('DELETE FROM waiting_policy WHERE department_id = $1', [
            request.params.id,
          ])
        else {
          await client.query(
            `INSERT INTO waiting_policy (department_id, reminders, close_after) VALUES ($1, $2, $3)
           ON CONFLICT (department_id) DO UPDATE SET reminders = EXCLUDED.reminders, close_after = EXCLUDED.close_after`,
            [request.params.id, reminders, closeAfter],
          )
        }
        await raiseSlaRevision(databaseOn(client))
      })
      return { reminders, closeAfter }
    },
  )
}

/** What is present: an optional field that was left out must not erase what is stored. */
const given = (change: z.infer<typeof serviceLevelChange>): Partial<ServiceLevel> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))

function requirePromise({ firstResponse, resolution }: ServiceLevel): void {
  if (firstResponse === null && resolution === null)
    throw unprocessable(
      'service-level-empty',
      'Give a time for the first response, for the solution, or for both.',
      '/firstResponse',
    )
}

const refusals = {
  service_level_scope_key: () =>
    conflict(
      'service-level-exists',
      'There is a service level for this domain, category, department and priority already. Change that one.',
    ),
  service_level_department_id_fkey: () =>
    unprocessable('department-not-found', 'This department does not exist.', '/departmentId'),
  service_level_category_id_fkey: () =>
    unprocessable('category-not-found', 'This category does not exist.', '/categoryId'),
  service_level_calendar_id_fkey: () =>
    unprocessable('calendar-not-found', 'This calendar does not exist.', '/calendarId'),
  service_level_escalate_owner_id_fkey: () =>
    unprocessable('person-not-found', 'This person does not exist.', '/escalateOwnerId'),
}
