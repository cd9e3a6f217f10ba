import type { z } from 'zod'
import { page, uuidParams } from '../../domain/contract.ts'
import { category, categoryChange, newCategory } from '../../domain/classification/contract.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { raiseForCategories } from '../../application/sla/settings.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from '../sla/settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

type Category = z.infer<typeof category>
const COLUMNS = `id, name, parent_id AS "parentId", department_id AS "departmentId", default_department_id AS "defaultDepartmentId", default_owner_id AS "defaultOwnerId",
  default_priority AS "defaultPriority"`

/** Categories: a tree that tickets are sorted into, whole or for one department. */
export function categoryRoutes(api: Api, deps: Dependencies): void {
  const { pool } = deps

  api.get(
    '/categories',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listCategories',
        summary: 'List categories',
        response: answers(200, page(category)),
      },
    },
    async () => ({
      items: (
        await pool.query<Category>(`SELECT ${COLUMNS} FROM category ORDER BY lower(name), id`)
      ).rows,
      next: null,
    }),
  )

  api.post(
    '/categories',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createCategory',
        summary: 'Add a category',
        body: newCategory,
        response: answers(201, category),
      },
    },
    async (request, reply) => {
      const { name, parentId, departmentId, defaultDepartmentId, defaultOwnerId, defaultPriority } =
        request.body
      const {
        rows: [row],
      } = await refusing(
        pool.query<Category>(
          `INSERT INTO category (id, name, parent_id, department_id, default_department_id, default_owner_id, default_priority) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
          [
            newId(),
            name,
            parentId ?? null,
            departmentId ?? null,
            defaultDepartmentId ?? null,
            defaultOwnerId ?? null,
            defaultPriority ?? null,
          ],
        ),
        refusals,
      )
      // One that is made inside another has no tickets yet, but is to go by its service level from
      // the first on.
      if (parentId)
        await changeSlaSettings(deps, (client) => raiseForCategories(databaseOn(client)))
      return reply.code(201).send(row!)
    },
  )

  api.patch(
    '/categories/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeCategory',
        summary: 'Change a category',
        params: uuidParams,
        body: categoryChange,
        response: answers(200, category),
      },
    },
    async (request) => {
      const { id } = request.params
      const { name, parentId, departmentId, defaultDepartmentId, defaultOwnerId, defaultPriority } =
        request.body
      if (parentId && (await isBelow(parentId, id)))
        throw unprocessable(
          'category-circle',
          'A category cannot be inside itself. Choose another parent.',
          '/parentId',
        )
      return changeSlaSettings(deps, async (client) => {
        const {
          rows: [row],
        } = await refusing(
          client.query<Category>(
            `UPDATE category SET name = coalesce($2, name), parent_id = CASE WHEN $3 THEN $4::uuid ELSE parent_id END, department_id = CASE WHEN $5 THEN $6::uuid ELSE department_id END,
           default_department_id = CASE WHEN $7 THEN $8::uuid ELSE default_department_id END, default_owner_id = CASE WHEN $9 THEN $10::uuid ELSE default_owner_id END,
           default_priority = CASE WHEN $11 THEN $12::text ELSE default_priority END
         WHERE id = $1 RETURNING ${COLUMNS}`,
            [
              id,
              name ?? null,
              parentId !== undefined,
              parentId ?? null,
              departmentId !== undefined,
              departmentId ?? null,
              defaultDepartmentId !== undefined,
              defaultDepartmentId ?? null,
              defaultOwnerId !== undefined,
              defaultOwnerId ?? null,
              defaultPriority !== undefined,
              defaultPriority ?? null,
            ],
          ),
          refusals,
        )
        if (!row) throw notFound('such category')
        if (name !== undefined || parentId !== undefined)
          await raiseForCategories(databaseOn(client))
        return row
      })
    },
  )

  api.delete(
    '/categories/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeCategory',
        summary: 'Remove a category',
        description: 'Refused while tickets or other categories are in it.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const {
        rows: [used],
      } = await pool.query<{ tickets: boolean; children: boolean }>(
        'SELECT EXISTS (SELECT 1 FROM ticket WHERE category_id = $1) AS tickets, EXISTS (SELECT 1 FROM category WHERE parent_id = $1) AS children',
        [id],
      )
      if (used?.tickets)
        throw conflict(
          'category-in-use',
          'Tickets are in this category. Give it a new name, or sort them elsewhere first.',
        )
      if (used?.children)
        throw conflict(
          'category-in-use',
          'Other categories are inside this one. Move or remove them first.',
        )
      const { rowCount } = await refusing(pool.query('DELETE FROM category WHERE id = $1', [id]), {
        service_level_category_id_fkey: () =>
          conflict(
            'category-in-use',
            'A service level is for this category. Change or remove that first.',
          ),
      })
      if (!rowCount) throw notFound('such category')
      return reply.code(204).send()
    },
  )

  /** Is `id` the category `root`, or somewhere below it? */
  async function isBelow(id: string, root: string): Promise<boolean> {
    const { rowCount } = await pool.query(
      `WITH RECURSIVE up(id, parent_id) AS (
         SELECT id, parent_id FROM category WHERE id = $1 UNION SELECT c.id, c.parent_id FROM category c JOIN up ON c.id = up.parent_id
       ) SELECT 1 FROM up WHERE id = $2`,
      [id, root],
    )
    return rowCount === 1
  }
}

const refusals = {
  category_parent_id_fkey: () =>
    unprocessable('category-not-found', 'The parent category does not exist.', '/parentId'),
  category_default_department_id_fkey: () =>
    unprocessable(
      'department-not-found',
      'This department does not exist.',
      '/defaultDepartmentId',
    ),
  category_default_owner_id_fkey: () =>
    unprocessable('person-not-found', 'This person does not exist.', '/defaultOwnerId'),
  category_department_id_fkey: () =>
    unprocessable('department-not-found', 'This department does not exist.', '/departmentId'),
}
