import type pg from 'pg'
import { mergedStages } from '../../domain/approvals/combined-stages.ts'
import type { StageChoice } from '../../domain/approvals/contract.ts'
import { type ApprovalRule, rulesFor } from '../../domain/purchases/approval-chain.ts'
import { amountsOf, type PricedLine } from '../../domain/purchases/money.ts'
import type { PurchaseDocument } from '../../domain/purchases/state.ts'
import type { ApprovalChain } from '../../domain/purchases/vocabulary.ts'
import { approverDeadline } from '../../domain/approvals/approver-deadline.ts'
import { choicesOf, eligibleApprovers } from '../../domain/approvals/eligible-approvers.ts'
import { approverAccounts } from '../../application/approvals/approver-accounts.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { NobodyToAskError } from '../../application/approvals/ticket-rules.ts'
import { keepingText } from '../approvals/approval-texts.ts'

type Db = Pick<pg.Pool, 'query'>
interface RuleRow {
  id: string
  departmentId: string | null
  currency: string
  fromAmount: string
  stages: StageChoice[]
  deadlineHours: number | null
}

/** What is to be bought, as far as its approval needs to know. */
export interface Wanted {
  currency: string
  lines: readonly (PricedLine & { item: string; supplier: string; costCentre: string })[]
  documents: readonly PurchaseDocument[]
}

/**
 * Looks up by whom a purchase is approved, and hands that to `send`; its text is kept for the
 * approvers. Each currency's total has its own rule; the chains of all of them are one, in which
 * nobody is asked twice, with the shortest of their deadlines.
 * @throws CommandRejectedError when there are rules but none in one of the currencies;
 *   NobodyToAskError; what `send` throws.
 */
export async function withChain<T>(
  db: Db,
  ticket: { number: number; departmentId: string },
  wanted: Wanted,
  send: (chain: ApprovalChain) => Promise<T>,
): Promise<T> {
  const { totals } = amountsOf(wanted.lines, wanted.currency)
  const { rows } = await db.query<RuleRow>(
    'SELECT id, department_id AS "departmentId", currency, from_amount::text AS "fromAmount", stages, deadline_hours AS "deadlineHours" FROM approval_rule',
  )
  // The stages are people by choice here: who they are is looked up for the rules that apply.
  const rules = rulesFor(rows as unknown as ApprovalRule[], {
    departmentId: ticket.departmentId,
    totals,
  })
  if ('code' in rules) throw new CommandRejectedError(rules.code, rules.message)
  if (rules.length === 0) return send(null)
  const reached = rows.filter(({ id }) => rules.some((rule) => rule.id === id))
  const {
    rows: [asking],
  } = await db.query<{ email: string }>(
    'SELECT requester_email AS email FROM ticket WHERE number = $1',
    [ticket.number],
  )
  const asked = reached.map(({ stages }) => ({ stages, deputy: null }))
  const people = await approverAccounts(databaseOn(db), choicesOf(asked))
  const chains = asked.map((rule) => {
    const found = eligibleApprovers(rule, { ...people, requesterEmail: asking?.email ?? '' })
    if (!found)
      throw new NobodyToAskError(
        'The rules want an approval of this purchase, and nobody can be asked: every approver is the requester or has no active account. Ask an admin to change the rule.',
      )
    return found.stages
  })
  const deadlines = reached.flatMap(({ deadlineHours }) => deadlineHours ?? [])
  const hours = deadlines.length === 0 ? null : Math.min(...deadlines)
  return keepingText(databaseOn(db), ticket.number, inWords(wanted), (textId) =>
    send({
      approvalId: newId(),
      textId,
      preview: '',
      stages: mergedStages(chains),
      deputy: null,
      ...approverDeadline(hours, new Date().toISOString()),
      blocks: { resolution: true, taskIds: [] },
      attachmentIds: wanted.documents
        .flatMap(({ attachmentId }) => (attachmentId === null ? [] : [attachmentId]))
        .slice(0, 20),
    }),
  )
}

/** The lines as approvers read them; figures and names alone, so that no language is needed. */
function inWords({ lines, currency }: Wanted): string {
  const amounts = amountsOf(lines, currency)
  const written = lines.map(
    ({ item, quantity, unitPrice, supplier, costCentre, currency: own = currency }, i) =>
      `${quantity} × ${item}${[supplier, costCentre]
        .filter(Boolean)
        .map((part) => ` · ${part}`)
        .join('')}\n    ${quantity} × ${unitPrice} = ${amounts.lines[i] ?? ''} ${own}`,
  )
  return [...written, ...amounts.totals.map((total) => `= ${total.amount} ${total.currency}`)].join(
    '\n',
  )
}
