import { type Expression, type SqlBool, sql } from 'kysely'
import type { RequiredField } from '../../domain/classification/custom-fields.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { isEnded, type TicketStatus } from '../../domain/vocabulary.ts'

/**
 * Is a custom field `f` one of the tickets of a department and category? A field of a category is
 * also one of all inside it.
 */
export const fieldApplies = (
  department: Expression<string>,
  category: Expression<string | null>,
): Expression<SqlBool> =>
  sql<boolean>`(f.department_id IS NULL OR f.department_id = ${department}) AND (f.category_id IS NULL OR f.category_id = ANY(categories_around(${category})))`

/**
 * What goes with a command that may end a ticket: a workflow reads no settings
 * (docs/decisions/0011-required-fields.md).
 * @param scope the department and category that the ticket will then have.
 * @param to the status that is asked for.
 * @returns nothing for a status that does not end it, and where no field is required.
 */
export async function requiredFieldsFor(
  db: Database,
  scope: { departmentId: string; categoryId: string | null },
  to: TicketStatus | undefined,
): Promise<{ requiredFields?: RequiredField[] }> {
  if (to === undefined || !isEnded(to)) return {}
  const requiredFields = await db
    .selectFrom('custom_field as f')
    .select(['f.id', 'f.name', 'f.kind'])
    .where('f.required', '=', true)
    .where(fieldApplies(sql`${scope.departmentId}::uuid`, sql`${scope.categoryId}::uuid`))
    .orderBy('f.position')
    .orderBy((eb) => eb.fn('lower', ['f.name']))
    .orderBy('f.id')
    .execute()
  return requiredFields.length === 0 ? {} : { requiredFields }
}
