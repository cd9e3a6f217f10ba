import { z } from 'zod'
import { type Asked, type AskedKind, askedTo } from '../asked.ts'
import { asking } from '../approvals/asking.ts'
import { withdrawal } from '../approvals/commands.ts'
import { fact, type Fact } from '../events.ts'
import { type Circumstances, isRejection, reject, type Rejection, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { receiving } from './receiving.ts'
import { amountsOf, type PricedLine } from './money.ts'
import type { Purchase } from './state.ts'
import {
  type ApprovalChain,
  approvalChain,
  currency,
  purchaseDocument,
  purchaseLine,
  quantity,
  receivedAsset,
} from './vocabulary.ts'

const MOST_PURCHASES = 20
const ref = z.object({ purchaseId: z.uuid() })
const atRevision = ref.extend({ revision: z.number().int() })
const content = z.object({
  title: z.string().trim().min(1).max(200),
  currency,
  lines: z.array(purchaseLine).max(50),
  documents: z.array(purchaseDocument).max(20),
})

/** Purchase requests: what people may ask. */
export const purchaseCommands = {
  draftPurchase: rule({
    payload: content.extend(ref.shape),
    right: 'ticket.work',
    asks: (_, { title }) => askedTo('draftPurchase', title),
    decide: (ticket, p, { actor }) => {
      if (!ticket.opened) return notOpened
      if (ticket.purchases.some(({ id }) => id === p.purchaseId)) return []
      if (ticket.purchases.length >= MOST_PURCHASES)
        return reject(
          'too-many-purchases',
          `This ticket has ${MOST_PURCHASES} purchase requests already. Open another ticket for more.`,
          { most: MOST_PURCHASES },
        )
      return [
        fact('purchaseDrafted', {
          ...p,
          revision: 1,
          ...totalOf(p.lines, p.currency),
          requestedBy: { id: actor.kind === 'agent' ? actor.id : null, name: actor.name },
        }),
      ]
    },
  }),

  /**
   * Once submitted, a change of what is bought restarts the approval: `approval` says how the new
   * total is approved.
   */
  changePurchase: rule({
    payload: content
      .partial()
      .extend(atRevision.shape)
      .extend({ approval: approvalChain.optional() }),
    right: 'ticket.work',
    asks: (ticket, { purchaseId, title }) =>
      askedTo('changePurchase', title ?? titleOf(ticket, purchaseId)),
    decide: (ticket, { purchaseId, revision, approval, ...change }, circumstances) =>
      withPurchase(ticket, purchaseId, revision, (purchase) => {
        const {
          title = purchase.title,
          currency = purchase.currency,
          lines = bare(purchase),
          documents = purchase.documents,
        } = change
        const same =
          title === purchase.title &&
          currency === purchase.currency &&
          JSON.stringify(lines) === JSON.stringify(bare(purchase))
        if (same)
          return JSON.stringify(documents) === JSON.stringify(purchase.documents)
            ? []
            : [fact('purchaseDocumentsChanged', { purchaseId, title, documents })]
        if (purchase.state === 'cancelled') return cancelled(purchase)
        if (isOrdered(purchase))
          return reject(
            'purchase-ordered',
            `The purchase request “${purchase.title}” has been ordered. What was ordered cannot be changed; make another purchase request.`,
            { title: purchase.title },
          )
        const changed: Purchase = {
          ...purchase,
          title,
          currency,
          lines: lines.map((line) => ({ ...line, received: '0' })),
          documents,
          total: amountsOf(lines, currency).total,
        }
        const facts = [
          fact('purchaseChanged', {
            purchaseId,
            title,
            currency,
            lines,
            documents,
            ...totalOf(lines, currency),
            revision: purchase.revision + 1,
            requestedBy: purchase.requestedBy,
          }),
        ]
        if (purchase.state !== 'requested' && purchase.state !== 'approved') return facts
        if (approval === undefined)
          return reject(
            'purchase-approval-missing',
            'This purchase request was submitted: a change of it restarts its approval, and the change does not say by whom.',
          )
        return after(facts, submission(ticket, changed, approval, circumstances))
      }),
  }),

  submitPurchase: rule({
    payload: atRevision.extend({ approval: approvalChain }),
    right: 'ticket.work',
    asks: askedOfPurchase('submitPurchase'),
    decide: (ticket, { purchaseId, revision, approval }, circumstances) =>
      withPurchase(ticket, purchaseId, revision, (purchase) => {
        if (purchase.state === 'cancelled') return cancelled(purchase)
        if (purchase.state !== 'draft' && purchase.state !== 'refused')
          return reject(
            'purchase-submitted',
            `The purchase request “${purchase.title}” was submitted already.`,
            { title: purchase.title },
          )
        return submission(ticket, purchase, approval, circumstances)
      }),
  }),

  orderPurchase: rule({
    payload: ref.extend({ reference: z.string().trim().max(100).default('') }),
    right: 'ticket.work',
    asks: askedOfPurchase('orderPurchase'),
    decide: (ticket, { purchaseId, reference }) =>
      withPurchase(ticket, purchaseId, null, (purchase) => {
        if (purchase.state === 'approved')
          return [fact('purchaseOrdered', { purchaseId, title: purchase.title, reference })]
        if (purchase.state === 'cancelled') return cancelled(purchase)
        return isOrdered(purchase)
          ? reject(
              'purchase-ordered',
              `The purchase request “${purchase.title}” has been ordered already.`,
              { title: purchase.title },
            )
          : reject(
              'purchase-not-approved',
              `The purchase request “${purchase.title}” is not approved. Submit it and wait for the approval before you order.`,
              { title: purchase.title },
            )
      }),
  }),

  /**
   * It is not bought, or the rest of it will not come. Its approval is withdrawn; what has arrived
   * stays.
   */
  cancelPurchase: rule({
    payload: ref.extend({ reason: z.string().trim().max(2000).default('') }),
    right: 'ticket.work',
    asks: askedOfPurchase('cancelPurchase'),
    decide: (ticket, { purchaseId, reason }) =>
      withPurchase(ticket, purchaseId, null, (purchase) => {
        if (purchase.state === 'cancelled') return []
        if (purchase.state === 'received')
          return reject(
            'purchase-received',
            `Everything of “${purchase.title}” has arrived, so there is nothing to cancel.`,
            { title: purchase.title },
          )
        const approval = ticket.approvals.find(
          ({ id, state }) => id === purchase.approvalId && state === 'waiting',
        )
        return [
          fact('purchaseCancelled', { purchaseId, title: purchase.title, reason }),
          ...(approval ? withdrawal(approval, reason) : []),
        ]
      }),
  }),

  /** What arrived, all of it or a part; with the assets that it becomes. */
  receivePurchase: rule({
    payload: ref.extend({
      lines: z
        .array(z.object({ lineId: z.uuid(), quantity }))
        .min(1)
        .max(50),
      assets: z.array(receivedAsset).max(200).default([]),
    }),
    right: 'ticket.work',
    asks: askedOfPurchase('receivePurchase'),
    decide: (ticket, { purchaseId, lines, assets }) =>
      withPurchase(ticket, purchaseId, null, (purchase) =>
        purchase.state === 'cancelled'
          ? cancelled(purchase)
          : isOrdered(purchase)
            ? receiving(purchase, lines, assets)
            : reject(
                'purchase-not-ordered',
                `The purchase request “${purchase.title}” has not been ordered, so nothing can have arrived.`,
                { title: purchase.title },
              ),
      ),
  }),
} as const

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')

const titleOf = ({ purchases }: Ticket, id: string): string =>
  purchases.find((purchase) => purchase.id === id)?.title ?? ''

function askedOfPurchase(what: AskedKind) {
  return (ticket: Ticket, { purchaseId }: { purchaseId: string }): Asked[] =>
    askedTo(what, titleOf(ticket, purchaseId))
}

const isOrdered = ({ state }: Purchase): boolean =>
  state === 'ordered' || state === 'partlyReceived' || state === 'received'

const cancelled = ({ title }: Purchase): Rejection =>
  reject('purchase-cancelled', `The purchase request “${title}” was cancelled. Make another one.`, {
    title,
  })

/** What an event says of money: the totals of several currencies only where there are several. */
function totalOf(
  lines: readonly PricedLine[],
  currency: string,
): { total: string; totals?: { currency: string; amount: string }[] } {
  const { total, totals } = amountsOf(lines, currency)
  return totals.length === 1 && totals[0]?.currency === currency ? { total } : { total, totals }
}

const bare = ({ lines }: Purchase) => lines.map(({ received: _, ...line }) => line)

function withPurchase(
  ticket: Ticket,
  id: string,
  revision: number | null,
  then: (purchase: Purchase) => Fact[] | Rejection,
): Fact[] | Rejection {
  if (!ticket.opened) return notOpened
  const purchase = ticket.purchases.find((p) => p.id === id)
  if (!purchase)
    return reject('purchase-unknown', 'There is no such purchase request on this ticket.')
  if (revision !== null && revision !== purchase.revision) return changedMeanwhile(purchase)
  return then(purchase)
}

/**
 * Asks for the approval that the rules want; an approval that was asked before gets a new round, or
 * is withdrawn when none is wanted any more.
 */
function submission(
  ticket: Ticket,
  purchase: Purchase,
  chain: ApprovalChain,
  circumstances: Circumstances,
): Fact[] | Rejection {
  const { id: purchaseId, title, currency } = purchase
  const {
    totals: [amount = null, ...furtherAmounts],
  } = amountsOf(purchase.lines, currency)
  const about = { purchaseId, title, currency, ...totalOf(purchase.lines, currency) }
  if (purchase.lines.length === 0)
    return reject(
      'purchase-empty',
      'This purchase request has no lines. Add what is to be bought, then submit it.',
    )
  const earlier = ticket.approvals.find(({ id }) => id === purchase.approvalId)
  if (chain === null) {
    const withdrawn = earlier?.state === 'waiting' ? withdrawal(earlier, '') : []
    return [...withdrawn, fact('purchaseSubmitted', { ...about, approvalId: null })]
  }
  const { approvalId: fresh, ...asked } = chain
  const approvalId = earlier?.id ?? fresh
  const submitted = [fact('purchaseSubmitted', { ...about, approvalId })]
  return after(
    submitted,
    asking(
      ticket,
      {
        ...asked,
        subject: title,
        amount,
        ...(furtherAmounts.length > 0 ? { furtherAmounts } : {}),
      },
      { approvalId, purchaseId },
      circumstances,
    ),
  )
}

const after = (first: Fact[], then: Fact[] | Rejection): Fact[] | Rejection =>
  isRejection(then) ? then : [...first, ...then]

/** Somebody who acts by an earlier revision. */
export const changedMeanwhile = ({ title }: { title: string }): Rejection =>
  reject('purchase-changed', `Somebody changed “${title}” meanwhile. Look at it again, then act.`, {
    title,
  })
