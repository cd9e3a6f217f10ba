import type { Approval, ApproverChoice, StageChoice } from '../../../domain/approvals/contract.ts'
import type { TicketApprovalRuleView as TicketApprovalRule } from '../../../domain/approvals/rules-contract.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

/** What a person fills in before an approval is asked. */
export interface ChosenPerson {
  userId: string | null
  email: string
  name: string
}
export interface DraftStage {
  kind: 'any' | 'all' | 'count'
  count: number
  people: ChosenPerson[]
}

export const emptyStage = (): DraftStage => ({ kind: 'any', count: 2, people: [] })

/** Good enough to tell a slip of the finger; whether mail arrives there only the mail can say. */
export const isAddress = (text: string): boolean => /^[^\s@<>"]+@[^\s@<>"]+$/.test(text)

/** One person is one, however they were chosen. */
export const keyOf = ({ userId, email }: ChosenPerson): string => userId ?? email

export const choiceOf = ({ userId, email, name }: ChosenPerson): ApproverChoice =>
  userId === null ? { email, name } : { userId }

/** Stages without anybody are left out: an empty one at the end is no mistake. */
export const stagesOf = (drafts: readonly DraftStage[]): StageChoice[] =>
  drafts
    .filter(({ people }) => people.length > 0)
    .map(({ kind, count, people }) => ({
      rule: people.length === 1 ? { kind: 'any' } : kind === 'count' ? { kind, count } : { kind },
      approvers: people.map(choiceOf),
    }))

interface StoredStage {
  rule: StageChoice['rule']
  people: readonly ChosenPerson[]
}
const draftOf = ({ rule, people }: StoredStage): DraftStage => ({
  kind: rule.kind,
  count: rule.kind === 'count' ? rule.count : 2,
  people: people.map(({ userId, email, name }) => ({ userId, email, name })),
})

/**
 * Whom it was asked of at first: delegates and deputies of the last round are not asked again by
 * themselves.
 */
export const draftsOf = ({ stages }: Pick<Approval, 'stages'>): DraftStage[] =>
  stages.map(({ rule, people }) =>
    draftOf({ rule, people: people.filter((one) => one.standsFor === null && !one.deputy) }),
  )
export const draftsOfRule = (
  stages: readonly { rule: StageChoice['rule']; approvers: readonly ChosenPerson[] }[],
): DraftStage[] => stages.map(({ rule, approvers }) => draftOf({ rule, people: approvers }))

/** "one of 3", "all 3", "2 of 3". */
export const ruleText = (rule: StageChoice['rule'], total: number): string =>
  rule.kind === 'count'
    ? t('approval.rule.countOf', { count: rule.count, total })
    : t(`approval.rule.${rule.kind}Of`, { total })

/** "Ida → Max, Lea (one of 2 approves)". */
export const stagesText = (stages: TicketApprovalRule['stages']): string =>
  stages
    .map(({ rule, approvers }) => {
      const names = listed(approvers.map(({ name, email }) => name || email))
      return approvers.length > 1 ? `${names} (${ruleText(rule, approvers.length)})` : names
    })
    .join(' → ')

/** For <input type=datetime-local>, which knows no time zone but the browser's. */
export function localTime(iso: string): string {
  const date = new Date(iso)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
export const isoOf = (local: string): string | null =>
  local === '' || Number.isNaN(Date.parse(local)) ? null : new Date(local).toISOString()
