import { prioritySettings } from '../../domain/classification/contract.ts'
import type { PriorityMatrix } from '../../domain/classification/priority-matrix.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'

const KEY = 'priorityMatrix'

/**
 * @returns the matrix that makes priorities of impact and urgency; null when they are set by hand.
 */
export async function readMatrix(db: Database): Promise<PriorityMatrix | null> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', KEY)
    .executeTakeFirst()
  return prioritySettings.parse({ matrix: row?.value ?? null }).matrix
}

/** The matrix of impact and urgency (ITIL). */
export function priorityMatrixRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/priority-matrix',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getPriorityMatrix',
        summary: 'The priority by impact and urgency',
        description: 'Null: there is none, and priorities are set by hand.',
        response: answers(200, prioritySettings),
      },
    },
    async () => ({ matrix: await readMatrix(db) }),
  )

  api.put(
    '/priority-matrix',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setPriorityMatrix',
        summary: 'Set the priority by impact and urgency',
        description:
          'For tickets whose impact or urgency is set from now on. Null: priorities are set by hand.',
        body: prioritySettings,
        response: answers(200, prioritySettings),
      },
    },
    async (request) => {
      const { matrix } = request.body
      if (matrix === null) await db.deleteFrom('setting').where('key', '=', KEY).execute()
      else
        await db
          .insertInto('setting')
          .values({ key: KEY, value: jsonb(matrix) })
          .onConflict((conflict) =>
            conflict.column('key').doUpdateSet(excluded('setting', ['value'])),
          )
          .execute()
      return { matrix }
    },
  )
}
