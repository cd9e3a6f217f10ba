import { warrantyWatch } from '../../domain/assets/contract.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { departmentRef } from '../people/department-ref.ts'

/** What watches the ends of warranties and licences: a setting. */
export function warrantyWatchRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/settings/warranty-watch',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'getWarrantyWatch',
        summary: 'What watches the ends of warranties and licences',
        description: 'The department whose tickets they become, and how long before the end.',
        response: answers(200, warrantyWatch),
      },
    },
    async () => {
      const row = await db
        .selectFrom('setting')
        .select('value')
        .where('key', '=', 'warrantyWatch')
        .executeTakeFirst()
      return warrantyWatch.parse(row?.value ?? {})
    },
  )

  api.put(
    '/settings/warranty-watch',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setWarrantyWatch',
        summary: 'Set what watches the ends of warranties and licences',
        description:
          'All of it at once. A document that nears its end becomes a ticket of the department; with `departmentId` null none does.',
        body: warrantyWatch,
        response: answers(200, warrantyWatch),
      },
    },
    async (request) => {
      const { departmentId } = request.body
      if (departmentId !== null) await departmentRef(db, departmentId)
      const value = jsonb(request.body)
      await db
        .insertInto('setting')
        .values({ key: 'warrantyWatch', value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute()
      return request.body
    },
  )
}
