import type pg from 'pg'
import type { StageChoice } from '../domain/contract/approvals.ts'
import { type ApprovalRule, ruleFor } from '../domain/purchases/chain.ts'
import { amountsOf } from '../domain/purchases/money.ts'
import type { PurchaseDocument } from '../domain/purchases/state.ts'
import type { ApprovalChain } from '../domain/purchases/vocabulary.ts'
import { CommandRejectedError } from '../platform/temporal.ts'
import { timeOrderedId } from '../platform/time-ordered-id.ts'
import { stagesOf } from './approval-people.ts'
import { keepingText } from './approval-texts.ts'

type Db = Pick<pg.Pool, 'query'>
interface RuleRow { id: string; departmentId: string | null; currency: string; fromAmount: string; stages: StageChoice[]; deadlineHours: number | null }

/** What is to be bought, as far as its approval needs to know. */
export interface Wanted {
  currency: string
  lines: readonly { item: string; quantity: string; unitPrice: string; supplier: string; costCentre: string }[]
  documents: readonly PurchaseDocument[]
}

const HOUR_MS = 3_600_000

/**
 * Looks up by whom a purchase is approved, and hands that to `send`; its text is kept for the approvers.
 * @throws CommandRejectedError when there are rules but none in this currency; what `send` throws.
 */
export async function withChain<T>(db: Db, ticket: { number: number; departmentId: string }, wanted: Wanted, send: (chain: ApprovalChain) => Promise<T>): Promise<T> {
  const { total } = amountsOf(wanted.lines, wanted.currency)
  const { rows } = await db.query<RuleRow>('SELECT id, department_id AS "departmentId", currency, from_amount::text AS "fromAmount", stages, deadline_hours AS "deadlineHours" FROM approval_rule')
  // The stages are people by choice here: who they are is looked up for the one rule that applies.
  const rule = ruleFor(rows as unknown as ApprovalRule[], { departmentId: ticket.departmentId, currency: wanted.currency, total })
  if (rule === null) return send(null)
  if ('code' in rule) throw new CommandRejectedError(rule.code, rule.message)
  const row = rows.find(({ id }) => id === rule.id)
  const stages = await stagesOf(db, row?.stages ?? [])
  const hours = row?.deadlineHours ?? null
  return keepingText(db, ticket.number, inWords(wanted, total), (textId) => send({
    approvalId: timeOrderedId(), textId, preview: '', stages, deputy: null, deadline: hours === null ? null : new Date(Date.now() + hours * HOUR_MS).toISOString(),
    remindHoursBefore: hours === null ? [] : [Math.min(24, hours / 2)], blocks: { resolution: true, taskIds: [] },
    attachmentIds: wanted.documents.flatMap(({ attachmentId }) => (attachmentId === null ? [] : [attachmentId])).slice(0, 20),
  }))
}

/** The lines as approvers read them; figures and names alone, so that no language is needed. */
function inWords({ lines, currency }: Wanted, total: string): string {
  const amounts = amountsOf(lines, currency).lines
  const written = lines.map(({ item, quantity, unitPrice, supplier, costCentre }, i) =>
    `${quantity} × ${item}${[supplier, costCentre].filter(Boolean).map((part) => ` · ${part}`).join('')}\n    ${quantity} × ${unitPrice} = ${amounts[i] ?? ''} ${currency}`)
  return [...written, `= ${total} ${currency}`].join('\n')
}
