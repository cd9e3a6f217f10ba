import {
  purchaseCancellation,
  purchaseOrder,
  purchaseReceipt,
  purchaseSubmission,
} from '../../domain/purchases/contract.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { type AuthorisedTicket, command } from '../access/ticket-access.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { newId } from '../http/idempotency/attempt.ts'
import type { Api } from '../http/route-schema.ts'
import { withChain } from './purchase-approval.ts'
import { purchaseStep, requireRevision, step } from './purchase-step.ts'

/** From a draft by approval and order to what arrives. */
export function purchaseProgressRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
  const config = { right: 'ticket.work' } as const

  api.post(
    '/tickets/:number/purchases/:id/submission',
    {
      config,
      schema: {
        operationId: 'submitPurchase',
        summary: 'Submit a purchase request',
        description: 'The rules of the settings say by whom it is approved.',
        ...purchaseStep,
        body: purchaseSubmission,
      },
    },
    (request) =>
      step(db, request, async (user, ticket, data) => {
        const { revision } = request.body
        requireRevision(data, revision)
        await withChain(db, ticket, data, (approval) =>
          command(deps, user, ticket, 'submitPurchase', {
            purchaseId: data.id,
            revision,
            approval,
          }),
        )
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/order',
    {
      config,
      schema: {
        operationId: 'orderPurchase',
        summary: 'Note that an approved purchase was ordered',
        description: 'With the order’s reference, if there is one. 409 until it is approved.',
        ...purchaseStep,
        body: purchaseOrder,
      },
    },
    (request) =>
      step(db, request, async (user, ticket, { id: purchaseId }) => {
        const { reference } = request.body
        await command(deps, user, ticket, 'orderPurchase', { purchaseId, reference })
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/receipt',
    {
      config,
      schema: {
        operationId: 'receivePurchase',
        summary: 'Note what has arrived',
        description: 'All of it or a part, with the assets that it becomes.',
        ...purchaseStep,
        body: purchaseReceipt,
      },
    },
    (request) =>
      step(db, request, async (user, ticket, { id: purchaseId }) => {
        const { lines } = request.body
        const assets = request.body.assets.map((asset) => ({ ...asset, id: newId() }))
        await command(deps, user, ticket, 'receivePurchase', { purchaseId, lines, assets })
        for (const asset of assets) await linkDelivered(user, ticket, asset)
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/cancellation',
    {
      config,
      schema: {
        operationId: 'cancelPurchase',
        summary: 'Cancel a purchase request',
        description:
          'It is not bought, or the rest of it will not come. Its approval is withdrawn; what has arrived stays.',
        ...purchaseStep,
        body: purchaseCancellation,
      },
    },
    (request) =>
      step(db, request, async (user, ticket, { id: purchaseId }) => {
        const { reason } = request.body
        await command(deps, user, ticket, 'cancelPurchase', { purchaseId, reason })
      }),
  )

  /**
   * A ticket that has no room for more links keeps its receipt: the asset's own history says where
   * it came from.
   */
  async function linkDelivered(
    user: SignedInUser,
    ticket: AuthorisedTicket,
    { id, name }: { id: string; name: string },
  ): Promise<void> {
    await command(deps, user, ticket, 'linkAsset', { asset: { id, name } }).catch(
      (error: unknown) => {
        if (!(error instanceof CommandRejectedError && error.code === 'too-many-links')) throw error
      },
    )
  }
}
