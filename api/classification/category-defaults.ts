import { sql } from 'kysely'
import { jsonObjectFrom } from 'kysely/helpers/postgres'
import type { CategoryDefaults } from '../../domain/classification/category-defaults.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** @returns what a category and those around it bring with them, the nearest first. */
export function defaultsAround(db: Database, categoryId: string): Promise<CategoryDefaults[]> {
  const around = sql<{
    id: string
    depth: string
  }>`unnest(categories_around(${categoryId})) WITH ORDINALITY`.as<'around'>(sql`around(id, depth)`)
  return db
    .selectFrom('category as c')
    .innerJoin(around, 'around.id', 'c.id')
    .select((eb) => [
      'c.default_department_id as departmentId',
      'c.default_priority as priority',
      jsonObjectFrom(
        eb
          .selectFrom('app_user as u')
          .select((owner) => [
            'u.id',
            jsonObjectFrom(
              owner
                .selectFrom('app_user as a')
                .select((account) => [
                  'a.role',
                  arrayFrom(
                    account
                      .selectFrom('user_department as d')
                      .select('d.department_id')
                      .whereRef('d.user_id', '=', 'a.id'),
                  ).as('departmentIds'),
                  account.fn<string[] | null>('location_limit', ['a.id']).as('locationIds'),
                ])
                .whereRef('a.id', '=', 'u.id')
                .where('a.active', '=', true),
            ).as('sees'),
          ])
          .whereRef('u.id', '=', 'c.default_owner_id'),
      ).as('owner'),
    ])
    .orderBy('around.depth')
    .execute()
}
