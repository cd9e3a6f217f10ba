import { personChosen } from '../../domain/approvals/eligible-approvers.ts'
import { isRequester } from '../../domain/approvals/stages.ts'
import type { Approver, AskedStage } from '../../domain/approvals/vocabulary.ts'
import type { ApproverChoice, StageChoice } from '../../domain/approvals/contract.ts'
import { approverAccounts } from '../../application/approvals/approver-accounts.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { unprocessable } from '../http/problem.ts'

/**
 * Turns choices into people as they are named now.
 * @param pointer of the stages in the request.
 * @throws ProblemError 422 when somebody has no active account.
 */
export async function stagesOf(
  db: Database,
  stages: readonly StageChoice[],
  pointer = '/stages',
): Promise<AskedStage[]> {
  const find = await directory(
    db,
    stages.flatMap(({ approvers }) => approvers),
  )
  return stages.map(({ rule, approvers }, i) => ({
    rule,
    approvers: approvers.map((choice, j) => find(choice, `${pointer}/${i}/approvers/${j}`)),
  }))
}

/** @throws ProblemError 422 */
export async function approverOf(
  db: Database,
  choice: ApproverChoice,
  pointer: string,
): Promise<Approver> {
  return (await directory(db, [choice]))(choice, pointer)
}

/**
 * Whoever has requested something does not approve it.
 * @param people with the pointer of the field that names them.
 * @throws ProblemError 422
 */
export async function requireOthersThanRequester(
  db: Database,
  ticketNumber: number,
  people: readonly { person: Approver; pointer: string }[],
): Promise<void> {
  const ticket = await db
    .selectFrom('ticket')
    .select('requester_email as email')
    .where('number', '=', ticketNumber)
    .executeTakeFirst()
  const own = people.find(({ person }) => isRequester(ticket?.email ?? '', person))
  if (own)
    throw unprocessable(
      'approver-is-requester',
      `${own.person.name || own.person.email} requested this and cannot approve it. Choose somebody else.`,
      own.pointer,
    )
}

/** Everybody whom a request names, with the pointers of their fields. */
export const pointedOut = ({
  stages = [],
  deputy,
}: {
  stages?: readonly AskedStage[]
  deputy?: Approver | null
}): { person: Approver; pointer: string }[] => [
  ...stages.flatMap(({ approvers }, i) =>
    approvers.map((person, j) => ({ person, pointer: `/stages/${i}/approvers/${j}` })),
  ),
  ...(deputy ? [{ person: deputy, pointer: '/deputy' }] : []),
]

async function directory(
  db: Database,
  choices: readonly ApproverChoice[],
): Promise<(choice: ApproverChoice, pointer: string) => Approver> {
  const { accounts } = await approverAccounts(db, choices)
  return (choice, pointer) => {
    const person = personChosen(choice, accounts)
    if (person) return person
    throw unprocessable(
      'approver-not-found',
      'One of the approvers has no account any more. Choose somebody else.',
      pointer,
    )
  }
}
