import { fact, type Fact } from '../events.ts'
import { type Circumstances, reject, type Rejection } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded } from '../vocabulary.ts'
import type { Approver, AskingRule, Request } from './vocabulary.ts'

/** More than this many on one ticket is a loop of some program, not work. */
const MOST_APPROVALS = 50

/**
 * Asks for an approval, or asks again with what has changed.
 * @param known the approval's id, the purchase request that it decides, and the rule that asks.
 * @returns the fact, or why this cannot be asked.
 */
export function asking(
  ticket: Ticket,
  asked: Request,
  known: { approvalId: string; purchaseId: string | null; rule?: AskingRule },
  { actor, now }: Circumstances,
): Fact[] | Rejection {
  const before = ticket.approvals.find(({ id }) => id === known.approvalId)
  const people = asked.stages.flatMap(({ approvers }) => approvers)
  const problem = wrongTime(ticket, asked, now) ?? unfitPeople(asked)
  if (problem) return problem
  if (!before && ticket.approvals.length >= MOST_APPROVALS)
    return reject(
      'too-many-approvals',
      `This ticket has ${MOST_APPROVALS} approvals already. Change one of them, or open another ticket.`,
      { most: MOST_APPROVALS },
    )
  const askedBy = { id: actor.kind === 'agent' ? actor.id : null, name: actor.name || 'Guichet' }
  if (
    askedBy.id !== null &&
    [...people, ...(asked.deputy ? [asked.deputy] : [])].some(({ userId }) => userId === askedBy.id)
  ) {
    return reject(
      'approver-asks-himself',
      'Nobody approves what they ask for themselves. Let a colleague ask, or name somebody else as approver.',
    )
  }
  const data = { ...asked, ...known, askedBy, round: (before?.round ?? 0) + 1 }
  return [before ? fact('approvalRestarted', data) : fact('approvalAsked', data)]
}

function wrongTime(ticket: Ticket, { deadline }: Request, now: string): Rejection | null {
  if (isEnded(ticket.status))
    return reject(
      'ticket-ended',
      'This ticket is solved. Reopen it before you ask for an approval.',
    )
  return deadline !== null && Date.parse(deadline) <= Date.parse(now)
    ? reject('deadline-passed', 'The deadline is in the past. Choose a later one.')
    : null
}

/**
 * Whether those who are named can decide at all, in an approval or in a rule that asks for one.
 * @returns `approver-twice`, `approval-rule-impossible` or `deputy-is-approver`; null when they can.
 */
export function unfitPeople({
  stages,
  deputy,
}: Pick<Request, 'stages' | 'deputy'>): Rejection | null {
  const people = stages.flatMap(({ approvers }) => approvers)
  const twice = people.find(({ key }, i) => people.findIndex((other) => other.key === key) !== i)
  if (twice)
    return reject('approver-twice', `${nameOf(twice)} is named twice. Each person decides once.`, {
      name: nameOf(twice),
    })
  const impossible = stages.findIndex(
    ({ rule, approvers }) => rule.kind === 'count' && rule.count > approvers.length,
  )
  if (impossible >= 0)
    return reject(
      'approval-rule-impossible',
      `Stage ${impossible + 1} needs more approvals than it has approvers. Lower the number or add somebody.`,
      { stage: impossible + 1 },
    )
  return deputy && people.some(({ key }) => key === deputy.key)
    ? reject(
        'deputy-is-approver',
        `${nameOf(deputy)} is an approver already. Choose another deputy.`,
        { name: nameOf(deputy) },
      )
    : null
}

export const nameOf = ({ name, email }: Pick<Approver, 'name' | 'email'>): string => name || email
