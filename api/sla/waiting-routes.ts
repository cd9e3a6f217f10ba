import { sql } from 'kysely'
import { uuidParams } from '../../domain/contract.ts'
import { waitingSettings } from '../../domain/sla/contract.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { raiseSlaRevision } from '../../application/sla/settings.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from './settings-change.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'

/** How long the requesters of a department are waited for. A change plans every open ticket anew. */
export function waitingRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/departments/:id/waiting',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getWaiting',
        summary: 'How a department waits for its requesters',
        description:
          'After how long requesters who were asked something are reminded, and their tickets closed.',
        params: uuidParams,
        response: answers(200, waitingSettings),
      },
    },
    async (request) => {
      const row = await db
        .selectFrom('department as d')
        .leftJoin('waiting_policy as w', 'w.department_id', 'd.id')
        .select((eb) => [
          eb.fn.coalesce('w.reminders', sql<number[]>`'{}'`).as('reminders'),
          'w.close_after as closeAfter',
        ])
        .where('d.id', '=', request.params.id)
        .executeTakeFirst()
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
      await changeSlaSettings(deps, async (transaction) => {
        const department = await transaction
          .selectFrom('department')
          .select('id')
          .where('id', '=', request.params.id)
          .executeTakeFirst()
        if (!department) throw notFound('such department')
        if (reminders.length === 0 && closeAfter === null)
          await transaction
            .deleteFrom('waiting_policy')
            .where('department_id', '=', department.id)
            .execute()
        else {
          await transaction
            .insertInto('waiting_policy')
            .values({ department_id: department.id, reminders, close_after: closeAfter })
            .onConflict((conflict) =>
              conflict
                .column('department_id')
                .doUpdateSet(excluded('waiting_policy', ['reminders', 'close_after'])),
            )
            .execute()
        }
        await raiseSlaRevision(transaction)
      })
      return { reminders, closeAfter }
    },
  )
}
