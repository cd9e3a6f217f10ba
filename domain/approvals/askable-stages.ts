import type { AskedStage, Approver } from './vocabulary.ts'

/**
 * The stages of a rule as they can be asked now: without those who may not be asked about this
 * ticket. A stage that would be left without anybody is asked of the substitutes, any one of them,
 * so that nothing is approved by nobody being there.
 * @param mayBeAsked false for the requester, and for people without an active account.
 * @param substitutes in order: the first group that has somebody who is not asked already.
 * @returns the stages, or null when one of them has nobody at all.
 */
export function askableStages(
  stages: readonly AskedStage[],
  mayBeAsked: (person: Approver) => boolean,
  substitutes: readonly (readonly Approver[])[],
): AskedStage[] | null {
  const asked = new Set<string>(
    stages.flatMap(({ approvers }) => approvers.filter(mayBeAsked).map(({ key }) => key)),
  )
  const result: AskedStage[] = []
  for (const { rule, approvers } of stages) {
    const left = approvers.filter(mayBeAsked)
    if (left.length > 0) {
      result.push({
        rule: rule.kind === 'count' && rule.count >= left.length ? { kind: 'all' } : rule,
        approvers: left,
      })
      continue
    }
    const stand = substitutes
      .map((group) => group.filter((person) => mayBeAsked(person) && !asked.has(person.key)))
      .find((group) => group.length > 0)
    if (!stand) return null
    for (const { key } of stand) asked.add(key)
    result.push({ rule: { kind: 'any' }, approvers: stand.slice(0, 20) })
  }
  return result
}
