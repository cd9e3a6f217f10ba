import { unfitPeople } from '../../domain/approvals/asking.ts'
import type { NamedApprover } from '../../domain/approvals/rules-contract.ts'
import type { ApproverChoice, StageChoice } from '../../domain/approvals/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { approverOf, stagesOf } from './approvers.ts'
import { refusedBy } from '../http/problem.ts'
import { departmentRef } from '../people/department-ref.ts'

/**
 * Nobody should learn when a rule is followed that it cannot be.
 * @throws ProblemError 422
 */
export async function requireUsableRule(
  db: Database,
  {
    departmentId = null,
    stages = [],
    deputy = null,
  }: {
    departmentId?: string | null | undefined
    stages?: readonly StageChoice[] | undefined
    deputy?: ApproverChoice | null | undefined
  },
): Promise<void> {
  if (departmentId !== null) await departmentRef(db, departmentId)
  const unfit = unfitPeople({
    stages: await stagesOf(db, stages),
    deputy: deputy && (await approverOf(db, deputy, '/deputy')),
  })
  if (unfit)
    throw refusedBy(unfit, 422, unfit.code === 'deputy-is-approver' ? '/deputy' : '/stages')
}

/**
 * People by their names now; one whose account was closed stays in the rule, so that an admin sees what
 * to correct.
 * @param choices whom the rules name.
 * @returns how each is shown.
 */
export async function namesOf(
  db: Database,
  choices: readonly ApproverChoice[],
): Promise<(choice: ApproverChoice) => NamedApprover> {
  const ids = choices.flatMap((choice) => ('userId' in choice ? [choice.userId] : []))
  const users = await db
    .selectFrom('app_user')
    .select(['id', 'name', 'email'])
    .where('id', '=', anyOf(ids, 'uuid'))
    .execute()
  return (choice) => {
    if ('email' in choice) return { userId: null, email: choice.email, name: choice.name }
    const user = users.find(({ id }) => id === choice.userId.toLowerCase())
    return { userId: choice.userId, email: user?.email ?? '', name: user?.name ?? '' }
  }
}
