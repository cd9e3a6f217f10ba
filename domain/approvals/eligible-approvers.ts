import { askableStages } from './askable-stages.ts'
import type { ApproverChoice, StageChoice } from './contract.ts'
import { isRequester } from './stages.ts'
import type { Approver, AskedStage } from './vocabulary.ts'

/** An active account, as far as it matters to who is asked. */
export interface ApproverAccount {
  id: string
  email: string
  name: string
}

/** Whom a rule names, by choice: who they are is looked up when it is followed. */
export interface RuleStages {
  stages: readonly StageChoice[]
  deputy: ApproverChoice | null
}

/** What is known where a rule is followed. */
export interface ApproverFacts {
  requesterEmail: string
  /** Active accounts: at least all that are chosen, by id or by address. */
  accounts: readonly ApproverAccount[]
  /** Those of them who are admins, in the order in which they are asked. */
  admins: readonly ApproverAccount[]
}

/** Who is asked: stages with somebody in each. */
export interface EligibleApprovers {
  stages: AskedStage[]
  deputy: Approver | null
}

/**
 * Whom a choice means. An address that belongs to an account is that account: one person has one
 * vote.
 * @param accounts active ones.
 * @returns null for an account that is closed.
 */
export function personChosen(
  choice: ApproverChoice,
  accounts: readonly ApproverAccount[],
): Approver | null {
  const user = accounts.find(({ id, email }) =>
    'userId' in choice
      ? id === choice.userId.toLowerCase()
      : email.toLowerCase() === choice.email.toLowerCase(),
  )
  if (user) return personWithAccount(user)
  return 'email' in choice
    ? { key: choice.email.toLowerCase(), userId: null, email: choice.email, name: choice.name }
    : null
}

/** Everybody whom rules name. */
export const choicesOf = (rules: readonly RuleStages[]): ApproverChoice[] =>
  rules.flatMap(({ stages, deputy }) => [
    ...stages.flatMap(({ approvers }) => approvers),
    ...(deputy ? [deputy] : []),
  ])

/**
 * Who is asked when a rule is followed: people as they are named now, without those whose account
 * is closed and without the requester. Where nobody is left the deputy is asked, else the admins.
 * @returns null when there is a stage that nobody can be asked for.
 */
export function eligibleApprovers(
  { stages, deputy: choice }: RuleStages,
  { requesterEmail, accounts, admins }: ApproverFacts,
): EligibleApprovers | null {
  const deputy = choice && personChosen(choice, accounts)
  const mayBeAsked = (one: Approver): boolean => !isRequester(requesterEmail, one)
  const found = askableStages(
    stages.map(({ rule, approvers }) => ({
      rule,
      approvers: approvers.flatMap((one) => personChosen(one, accounts) ?? []),
    })),
    mayBeAsked,
    [deputy ? [deputy] : [], admins.map(personWithAccount)],
  )
  if (!found) return null
  const isAsked = ({ key }: Approver): boolean =>
    found.some(({ approvers }) => approvers.some((other) => other.key === key))
  return {
    stages: found,
    deputy: deputy && mayBeAsked(deputy) && !isAsked(deputy) ? deputy : null,
  }
}

const personWithAccount = ({ id, email, name }: ApproverAccount): Approver => ({
  key: id,
  userId: id,
  email,
  name,
})
