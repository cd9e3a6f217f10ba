import type pg from 'pg'
import type { Approver, AskedStage } from '../domain/approvals/vocabulary.ts'
import type { ApproverChoice, StageChoice } from '../domain/contract/approvals.ts'
import { unprocessable } from './problem.ts'

type Db = Pick<pg.Pool, 'query'>
interface UserRow { id: string; email: string; name: string }

/**
 * Turns choices into people as they are named now. An address that belongs to an account is that account: one person has one vote.
 * @param pointer of the stages in the request. @throws ProblemError 422 when somebody has no active account.
 */
export async function stagesOf(db: Db, stages: readonly StageChoice[], pointer = '/stages'): Promise<AskedStage[]> {
  const find = await directory(db, stages.flatMap(({ approvers }) => approvers))
  return stages.map(({ rule, approvers }, i) => ({ rule, approvers: approvers.map((choice, j) => find(choice, `${pointer}/${i}/approvers/${j}`)) }))
}

/** @throws ProblemError 422 */
export async function approverOf(db: Db, choice: ApproverChoice, pointer: string): Promise<Approver> {
  return (await directory(db, [choice]))(choice, pointer)
}

async function directory(db: Db, choices: readonly ApproverChoice[]): Promise<(choice: ApproverChoice, pointer: string) => Approver> {
  const ids = choices.flatMap((choice) => ('userId' in choice ? [choice.userId.toLowerCase()] : []))
  const emails = choices.flatMap((choice) => ('email' in choice ? [choice.email] : []))
  const { rows } = await db.query<UserRow>('SELECT id, email, name FROM app_user WHERE active AND (id = ANY($1::uuid[]) OR lower(email) = ANY($2))', [ids, emails])
  return (choice, pointer) => {
    const user = rows.find(({ id, email }) => ('userId' in choice ? id === choice.userId.toLowerCase() : email.toLowerCase() === choice.email))
    if (user) return { key: user.id, userId: user.id, email: user.email, name: user.name }
    if ('email' in choice) return { key: choice.email, userId: null, email: choice.email, name: choice.name }
    throw unprocessable('approver-not-found', 'One of the approvers has no account any more. Choose somebody else.', pointer)
  }
}
