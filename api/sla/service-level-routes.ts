import type { Insertable } from 'kysely'
import type { z } from 'zod'
import { page, uuidParams } from '../../domain/contract.ts'
import {
  newServiceLevel,
  type ServiceLevel,
  serviceLevel,
  serviceLevelChange,
} from '../../domain/sla/contract.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import { categoryNotFound } from '../classification/category-ref.ts'
import { personNotFound } from '../people/person-not-found.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from './settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { departmentNotFound } from '../people/department-ref.ts'

const columns = [
  'id',
  'name',
  'domain',
  'category_id as categoryId',
  'department_id as departmentId',
  'priority',
  'calendar_id as calendarId',
  'first_response as firstResponse',
  'resolution',
  'warn_percent as warnPercent',
  'escalate_priority as escalatePriority',
  'escalate_owner_id as escalateOwnerId',
] as const

const rowOf = (level: ServiceLevel): Insertable<DB['service_level']> => ({
  id: level.id,
  name: level.name,
  domain: level.domain,
  category_id: level.categoryId,
  department_id: level.departmentId,
  priority: level.priority,
  calendar_id: level.calendarId,
  first_response: level.firstResponse,
  resolution: level.resolution,
  warn_percent: level.warnPercent,
  escalate_priority: level.escalatePriority,
  escalate_owner_id: level.escalateOwnerId,
})

/** What is promised to whom. A change plans every open ticket anew. */
export function serviceLevelRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

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
      items: await db
        .selectFrom('service_level')
        .select(columns)
        .orderBy((eb) => eb.fn('lower', ['name']))
        .orderBy('id')
        .execute(),
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
        description:
          'A promise for tickets of a department, category and priority: time to the first response, to the resolution, or both. Open tickets follow at once. 409 when there is one for this department, category and priority.',
        body: newServiceLevel,
        response: answers(201, serviceLevel),
      },
    },
    async (request, reply) => {
      const level: ServiceLevel = { ...request.body, id: newId() }
      requirePromise(level)
      await changeSlaSettings(deps, async (transaction) => {
        await refusing(
          transaction.insertInto('service_level').values(rowOf(level)).execute(),
          refusals,
        )
        await raiseSlaRevision(transaction)
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
      changeSlaSettings(deps, async (transaction) => {
        const before = await transaction
          .selectFrom('service_level')
          .select(columns)
          .where('id', '=', request.params.id)
          .forUpdate()
          .executeTakeFirst()
        if (!before) throw notFound('such service level')
        const level = { ...before, ...given(request.body) }
        requirePromise(level)
        await refusing(
          transaction
            .updateTable('service_level')
            .set(rowOf(level))
            .where('id', '=', level.id)
            .execute(),
          refusals,
        )
        await raiseSlaRevision(transaction)
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
        description: 'Open tickets that followed it follow the next that fits, or none.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await changeSlaSettings(deps, async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('service_level')
          .where('id', '=', request.params.id)
          .executeTakeFirst()
        if (numDeletedRows === 0n) throw notFound('such service level')
        await raiseSlaRevision(transaction)
      })
      return reply.code(204).send()
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
  service_level_department_id_fkey: () => departmentNotFound(),
  service_level_category_id_fkey: () => categoryNotFound(),
  service_level_calendar_id_fkey: () =>
    unprocessable('calendar-not-found', 'This calendar does not exist.', '/calendarId'),
  service_level_escalate_owner_id_fkey: () => personNotFound('/escalateOwnerId'),
}
