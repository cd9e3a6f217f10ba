import { mergedStages } from '../../domain/approvals/combined-stages.ts'
import type { AskedLine } from '../../domain/approvals/vocabulary.ts'
import { rulesFor } from '../../domain/purchases/approval-chain.ts'
import { amountsOf, type PricedLine } from '../../domain/purchases/money.ts'
import type { PurchaseDocument } from '../../domain/purchases/state.ts'
import type { ApprovalChain } from '../../domain/purchases/vocabulary.ts'
import { approverDeadline } from '../../domain/approvals/approver-deadline.ts'
import { choicesOf, eligibleApprovers } from '../../domain/approvals/eligible-approvers.ts'
import { approverAccounts } from '../../application/approvals/approver-accounts.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { NobodyToAskError } from '../../application/approvals/ticket-rules.ts'
import { keepingText } from '../approvals/approval-texts.ts'

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
  db: Database,
  ticket: { number: number; departmentId: string },
  wanted: Wanted,
  send: (chain: ApprovalChain) => Promise<T>,
): Promise<T> {
  const { totals } = amountsOf(wanted.lines, wanted.currency)
  const all = await db
    .selectFrom('approval_rule')
    .select([
      'id',
      'department_id as departmentId',
      'currency',
      'from_amount as fromAmount',
      'stages',
      'deadline_hours as deadlineHours',
    ])
    .execute()
  const reached = rulesFor(all, { departmentId: ticket.departmentId, totals })
  if ('code' in reached)
    throw new CommandRejectedError(reached.code, reached.message, reached.values)
  if (reached.length === 0) return send(null)
  const asking = await db
    .selectFrom('ticket')
    .select('requester_email as email')
    .where('number', '=', ticket.number)
    .executeTakeFirst()
  const asked = reached.map(({ stages }) => ({ stages, deputy: null }))
  const people = await approverAccounts(db, choicesOf(asked))
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
  return keepingText(db, ticket.number, askedOf(wanted), (textId) =>
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

/** What approvers read: the lines, and for programs the same as text in plain figures. */
function askedOf({ lines, currency }: Wanted): { text: string; lines: AskedLine[] } {
  const amounts = amountsOf(lines, currency)
  const asked = lines.map(
    ({ item, quantity, unitPrice, supplier, costCentre, currency: own = currency }, i) => ({
      item,
      quantity,
      unitPrice,
      amount: amounts.lines[i] ?? '0',
      currency: own,
      supplier,
      costCentre,
    }),
  )
  const written = asked.map(
    (line) =>
      `${[`${line.quantity} × ${line.item}`, line.supplier, line.costCentre].filter(Boolean).join(' · ')}\n    ${line.quantity} × ${line.unitPrice} = ${line.amount} ${line.currency}`,
  )
  const totals = amounts.totals.map((total) => `= ${total.amount} ${total.currency}`)
  return { text: [...written, ...totals].join('\n'), lines: asked }
}
