import type { TemplateLine } from '../../domain/tasks/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { unprocessable } from '../http/problem.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * Whether they see a ticket shows when the tasks are put on it; who works on none is refused
 * here.
 * @throws ProblemError 422 that names the line.
 */
export async function checkAssignees(
  db: Database,
  lines: readonly Pick<TemplateLine, 'assigneeId' | 'teamId'>[],
): Promise<void> {
  const people = lines.flatMap(({ assigneeId }) => assigneeId ?? [])
  const teams = lines.flatMap(({ teamId }) => teamId ?? [])
  const known = await db
    .selectNoFrom((eb) => [
      arrayFrom(
        eb
          .selectFrom('app_user')
          .select('id')
          .where('active', '=', true)
          .where('role', 'in', ['admin', 'agent'])
          .where('id', '=', anyOf(people, 'uuid')),
      ).as('people'),
      arrayFrom(eb.selectFrom('department').select('id').where('id', '=', anyOf(teams, 'uuid'))).as(
        'teams',
      ),
    ])
    .executeTakeFirstOrThrow()
  for (const [index, { assigneeId, teamId }] of lines.entries()) {
    if (assigneeId && !known.people.includes(assigneeId.toLowerCase()))
      throw unprocessable(
        'person-not-working',
        `Line ${index + 1} names somebody who does not work on tickets any more. Choose somebody else, or nobody.`,
        `/lines/${index}/assigneeId`,
      )
    if (teamId && !known.teams.includes(teamId.toLowerCase()))
      throw unprocessable(
        'team-not-found',
        `Line ${index + 1} names a team that does not exist any more. Choose another, or nobody.`,
        `/lines/${index}/teamId`,
      )
  }
}

/** Every line has an id, by which tickets know its task again. */
export const withIds = (
  lines: readonly (Omit<TemplateLine, 'id'> & { id?: string | undefined })[],
): TemplateLine[] => lines.map((line) => ({ ...line, id: line.id ?? newId() }))
