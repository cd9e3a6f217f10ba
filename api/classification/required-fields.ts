import type pg from 'pg'
import type { RequiredField } from '../../domain/classification/custom-fields.ts'
import { isEnded, type TicketStatus } from '../../domain/vocabulary.ts'

/**
 * Is a custom field `f` one of the tickets of a department and category? A field of a category is
 * also one of all inside it.
 */
export const fieldApplies = (department: string, category: string): string =>
  `(f.department_id IS NULL OR f.department_id = ${department}) AND (f.category_id IS NULL OR f.category_id = ANY(categories_around(${category})))`

/**
 * What goes with a command that may end a ticket: a workflow reads no settings
 * (docs/decisions/0011-required-fields.md).
 * @param scope the department and category that the ticket will then have.
 * @param to the status that is asked for.
 * @returns nothing for a status that does not end it, and where no field is required.
 */
export async function requiredFieldsFor(
  db: Pick<pg.Pool, 'query'>,
  scope: { departmentId: string; categoryId: string | null },
  to: TicketStatus | undefined,
): Promise<{ requiredFields?: RequiredField[] }> {
  if (to === undefined || !isEnded(to)) return {}
  const { rows } = await db.query<RequiredField>(
    `SELECT f.id, f.name, f.kind FROM custom_field f WHERE f.required AND ${fieldApplies('$1::uuid', '$2::uuid')} ORDER BY f.position, lower(f.name), f.id`,
    [scope.departmentId, scope.categoryId],
  )
  return rows.length === 0 ? {} : { requiredFields: rows }
}
