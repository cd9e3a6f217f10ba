import type pg from 'pg'
import { prioritySettings } from '../../domain/classification/contract.ts'
import type { PriorityMatrix } from '../../domain/classification/priority-matrix.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'

const KEY = 'priorityMatrix'

/**
 * @returns the matrix that makes priorities of impact and urgency; null when they are set by hand.
 */
export async function readMatrix(db: Pick<pg.Pool, 'query'>): Promise<PriorityMatrix | null> {
  const {
    rows: [row],
  } = await db.query<{ value: PriorityMatrix | null }>('SELECT value FROM setting WHERE key = $1', [
    KEY,
  ])
  return row?.value ?? null
}

/** The matrix of impact and urgency (ITIL). */
export function priorityMatrixRoutes(api: Api, { pool }: Dependencies): void {
  api.get(
    '/priority-matrix',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getPriorityMatrix',
        summary: 'The priority by impact and urgency',
        response: answers(200, prioritySettings),
      },
    },
    async () => ({ matrix: await readMatrix(pool) }),
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
      if (matrix === null) await pool.query('DELETE FROM setting WHERE key = $1', [KEY])
      else
        await pool.query(
          'INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value',
          [KEY, JSON.stringify(matrix)],
        )
      return { matrix }
    },
  )
}
