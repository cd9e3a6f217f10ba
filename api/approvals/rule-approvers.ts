import type { NamedApprover } from '../../domain/approvals/rules-contract.ts'
import type { ApproverChoice, StageChoice } from '../../domain/approvals/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { approverOf, stagesOf } from './approvers.ts'
import { unprocessable } from '../http/problem.ts'

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
  if (departmentId !== null) {
    const department = await db
      .selectFrom('department')
      .select('id')
      .where('id', '=', departmentId)
      .executeTakeFirst()
    if (!department)
      throw unprocessable(
        'department-not-found',
        'This department does not exist.',
        '/departmentId',
      )
  }
  const people = (await stagesOf(db, stages)).map(({ rule, approvers }) => ({
    rule,
    keys: approvers.map(({ key }) => key),
  }))
  const keys = people.flatMap((stage) => stage.keys)
  if (new Set(keys).size !== keys.length)
    throw unprocessable(
      'approver-twice',
      'Somebody is named twice. Each person decides once.',
      '/stages',
    )
  if (people.some(({ rule, keys: asked }) => rule.kind === 'count' && rule.count > asked.length))
    throw unprocessable(
      'approval-rule-impossible',
      'A stage needs more approvals than it has approvers.',
      '/stages',
    )
  const stand = deputy && (await approverOf(db, deputy, '/deputy'))
  if (stand && keys.includes(stand.key))
    throw unprocessable(
      'deputy-is-approver',
      'The deputy is an approver already. Choose another deputy.',
      '/deputy',
    )
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

/** Everybody whom stages name. */
export const choicesIn = (stages: readonly StageChoice[]): ApproverChoice[] =>
  stages.flatMap(({ approvers }) => approvers)
