import { cut } from '../cut.ts'
import { reject, type Rejection } from '../command-rule.ts'
import { preview } from '../mail-out/body.ts'
import { isEnded, type Requester, type TicketStatus } from '../vocabulary.ts'
import { approverDeadline } from './approver-deadline.ts'
import { type ApproverFacts, eligibleApprovers, type RuleStages } from './eligible-approvers.ts'
import type { AskingRule, Request } from './vocabulary.ts'

/** A rule of the settings by which tickets need an approval, whoever works on them. */
export interface TicketApprovalRule extends RuleStages {
  id: string
  name: string
  text: string
  /** Of a category and everything in it; null: of every category. */
  categoryId: string | null
  /** Null: of every department. */
  departmentId: string | null
  deadlineHours: number | null
  blocksResolution: boolean
  showsRequest: boolean
}

/** A ticket as it is, or is about to be, as far as rules look at it. */
export interface TicketUnderRules {
  number: number
  status: TicketStatus
  departmentId: string
  /** Its category and all around it; none where it has no category. */
  categoriesAround: readonly string[]
  /** The rules that have asked on it, whatever became of that. */
  followedRules: readonly string[]
  subject: string
  requester: Requester
  /** What the requester wrote first. */
  words: string
}

/** What a rule asks; the text is what approvers read in full. */
export interface ApprovalByRule {
  rule: AskingRule
  text: string
  request: Omit<Request, 'textId'>
}

const MOST_CHARACTERS = 20_000
const MOST_OF_SUBJECT = 200

/**
 * The rules that ask now: those that the ticket falls under and that have not been followed on it.
 * None asks of a ticket that has ended.
 */
export const rulesThatAsk = <Rule extends TicketApprovalRule>(
  rules: readonly Rule[],
  { status, departmentId, categoriesAround, followedRules }: TicketUnderRules,
): Rule[] =>
  isEnded(status)
    ? []
    : rules.filter(
        (rule) =>
          (rule.departmentId === null || rule.departmentId === departmentId) &&
          (rule.categoryId === null || categoriesAround.includes(rule.categoryId)) &&
          !followedRules.includes(rule.id),
      )

/**
 * What rules ask of whom.
 * @param rules those that ask: `rulesThatAsk`.
 * @param people whom they name, and who stands in for them.
 * @param now ISO time.
 * @returns a rejection when nobody can be asked: nothing is approved by nobody being there.
 */
export function approvalsByRules(
  rules: readonly TicketApprovalRule[],
  ticket: TicketUnderRules,
  people: Omit<ApproverFacts, 'requesterEmail'>,
  now: string,
): ApprovalByRule[] | Rejection {
  const wanted: ApprovalByRule[] = []
  for (const rule of rules) {
    const who = eligibleApprovers(rule, { ...people, requesterEmail: ticket.requester.email })
    if (!who)
      return reject(
        'approval-nobody-to-ask',
        `The rule “${rule.name}” wants an approval of ticket #${ticket.number}, and nobody can be asked: every approver is the requester or has no active account, and so do the admins. Ask an admin to change the rule.`,
        { rule: rule.name, number: ticket.number },
      )
    const text = textForApprovers(rule, ticket)
    const { id, name, showsRequest, blocksResolution, deadlineHours } = rule
    wanted.push({
      rule: { id, name },
      text,
      request: {
        ...who,
        amount: null,
        preview: preview(text),
        attachmentIds: [],
        subject: cut(
          showsRequest && ticket.subject ? `${name}: ${ticket.subject}` : name,
          MOST_OF_SUBJECT,
        ),
        ...approverDeadline(deadlineHours, now),
        blocks: { resolution: blocksResolution, taskIds: [] },
      },
    })
  }
  return wanted
}

/**
 * What approvers read: the rule's own words, then the request; names and words alone, so that no
 * language is needed.
 */
function textForApprovers(
  { text, showsRequest }: TicketApprovalRule,
  { requester, subject, words }: TicketUnderRules,
): string {
  const request = showsRequest
    ? [[requester.name, `<${requester.email}>`].filter(Boolean).join(' '), subject, words]
    : []
  return cut(
    [text, ...request]
      .map((part) => part.trim())
      .filter(Boolean)
      .join('\n\n'),
    MOST_CHARACTERS,
  )
}
