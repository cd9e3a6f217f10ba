import type pg from 'pg'
import { isRequester } from '../../domain/approvals/stages.ts'
import { askableStages } from '../../domain/approvals/askable-stages.ts'
import type { Approver, AskedStage } from '../../domain/approvals/vocabulary.ts'
import type { ApproverChoice, StageChoice } from '../../domain/approvals/contract.ts'

interface UserRow {
  id: string
  email: string
  name: string
  admin: boolean
}

/** Whom a rule names, by choice: who they are is looked up when it is followed. */
export interface RuleStages {
  stages: readonly StageChoice[]
  deputy: ApproverChoice | null
}

/**
 * Who is asked when rules are followed: people as they are named now, an address that has an
 * account as that account, without those whose account is closed and without the ticket's
 * requester. Where nobody is left the deputy is asked, else the admins.
 * @returns for each rule its stages and deputy; null for one that nobody can be asked for.
 */
export async function eligibleApprovers(
  db: Pick<pg.Pool, 'query'>,
  rules: readonly RuleStages[],
  requesterEmail: string,
): Promise<({ stages: AskedStage[]; deputy: Approver | null } | null)[]> {
  const choices = rules.flatMap(({ stages, deputy }) => [
    ...stages.flatMap(({ approvers }) => approvers),
    ...(deputy ? [deputy] : []),
  ])
  const ids = choices.flatMap((choice) => ('userId' in choice ? [choice.userId.toLowerCase()] : []))
  const emails = choices.flatMap((choice) =>
    'email' in choice ? [choice.email.toLowerCase()] : [],
  )
  const { rows } = await db.query<UserRow>(
    `SELECT id, email, name, role = 'admin' AS admin FROM app_user WHERE active AND (role = 'admin' OR id = ANY($1::uuid[]) OR lower(email) = ANY($2)) ORDER BY created_at, id`,
    [ids, emails],
  )
  const person = ({ id, email, name }: UserRow): Approver => ({ key: id, userId: id, email, name })
  const known = (choice: ApproverChoice): Approver => {
    const user = rows.find(({ id, email }) =>
      'userId' in choice
        ? id === choice.userId.toLowerCase()
        : email.toLowerCase() === choice.email.toLowerCase(),
    )
    if (user) return person(user)
    return 'email' in choice
      ? { key: choice.email.toLowerCase(), userId: null, email: choice.email, name: choice.name }
      : { key: GONE, userId: null, email: '', name: '' }
  }
  const mayBeAsked = (one: Approver): boolean =>
    one.key !== GONE && !isRequester(requesterEmail, one)
  const admins = rows.filter(({ admin }) => admin).map(person)
  return rules.map(({ stages, deputy: choice }) => {
    const deputy = choice ? known(choice) : null
    const found = askableStages(
      stages.map(({ rule, approvers }) => ({ rule, approvers: approvers.map(known) })),
      mayBeAsked,
      [deputy ? [deputy] : [], admins],
    )
    if (!found) return null
    const isAsked = (one: Approver): boolean =>
      found.some(({ approvers }) => approvers.some(({ key }) => key === one.key))
    return {
      stages: found,
      deputy: deputy && mayBeAsked(deputy) && !isAsked(deputy) ? deputy : null,
    }
  })
}

/** Stands for an account that was closed: nobody's key. */
const GONE = ''
