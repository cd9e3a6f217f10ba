import type { Approver, AskedStage } from './vocabulary.ts'

/** So many of these have to approve. */
interface Need {
  people: Approver[]
  count: number
}

const MOST_STAGES = 10

/**
 * Makes one chain of several that must all be gone through, asking nobody twice. Who is in two of
 * them speaks for both; where that alone would be too little the merged chain asks for more, never
 * for less: whenever it is approved, so is each of the chains.
 * @param chains each asked stage by stage; a person has one position in each.
 * @returns the first stages of all come first.
 */
export function mergedStages(chains: readonly (readonly AskedStage[])[]): AskedStage[] {
  const longest = Math.max(0, ...chains.map(({ length }) => length))
  let needs = Array.from({ length: longest }, (_, i) => chains.flatMap((chain) => chain[i] ?? []))
    .flat()
    .map(needOf)
  for (let pair = overlapping(needs); pair; pair = overlapping(needs)) {
    const [a, b] = pair
    const [first, second] = apart(needs[a]!, needs[b]!)
    needs = needs.flatMap((need, i) => (i === a ? (first ?? []) : i === b ? (second ?? []) : need))
  }
  while (needs.length > MOST_STAGES)
    needs = [...needs.slice(0, -2), all(needs.slice(-2).flatMap(({ people }) => people))]
  return needs.map(stageOf)
}

const needOf = ({ rule, approvers }: AskedStage): Need => ({
  people: approvers,
  count: rule.kind === 'any' ? 1 : rule.kind === 'all' ? approvers.length : rule.count,
})
const stageOf = ({ people, count }: Need): AskedStage => ({
  rule:
    count === 1
      ? { kind: 'any' }
      : count === people.length
        ? { kind: 'all' }
        : { kind: 'count', count },
  approvers: people,
})
const all = (people: Approver[]): Need => ({ people, count: people.length })

const shared = (a: Need, b: Need): Approver[] =>
  a.people.filter(({ key }) => b.people.some((other) => other.key === key))
const without = (a: Need, b: Need): Approver[] =>
  a.people.filter(({ key }) => !b.people.some((other) => other.key === key))

function overlapping(needs: readonly Need[]): [number, number] | null {
  for (const [j, b] of needs.entries())
    for (const [i, a] of needs.slice(0, j).entries()) if (shared(a, b).length > 0) return [i, j]
  return null
}

/**
 * Two that have somebody in common, made so that they have nobody in common, or are one (null: it
 * is contained in the other).
 */
function apart(a: Need, b: Need): [Need | null, Need | null] {
  const both = shared(a, b).length
  const [onlyA, onlyB] = [without(a, b), without(b, a)]
  // Whoever approves one has, even at the least, approved the other.
  if (a.count - onlyA.length >= b.count) return [a, null]
  if (b.count - onlyB.length >= a.count) return [null, b]
  // Everybody of one approves anyway: that counts in the other.
  if (a.count === a.people.length) return [a, { people: onlyB, count: b.count - both }]
  if (b.count === b.people.length) return [{ people: onlyA, count: a.count - both }, b]
  if (b.count <= onlyB.length) return [a, { people: onlyB, count: b.count }]
  if (a.count <= onlyA.length) return [{ people: onlyA, count: a.count }, b]
  return [a, all(b.people)]
}
