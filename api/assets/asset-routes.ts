import { sql } from 'kysely'
import { assetChange, assetDetail, assetHistory, newAsset } from '../../domain/assets/contract.ts'
import { cursorQuery, uuidParams } from '../../domain/contract.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { isMadeBefore } from '../http/idempotency/made-before.ts'
import { assetWithLinks, authorisedAsset } from './asset-view.ts'
import {
  assetDifferences,
  blankAsset,
  changedAsset,
  lockedAsset,
  writeAsset,
} from './asset-writing.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { historyPage, note } from './asset-history.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

/** Assets: plain records with a history, whatever tickets they are on. */
export function assetRoutes(api: Api, { db }: Dependencies): void {
  const config = { right: 'asset.manage' } as const

  api.post(
    '/assets',
    {
      config,
      schema: {
        operationId: 'createAsset',
        summary: 'Add an asset',
        description:
          'At a location that one sees. 409 when another asset has the serial number. Answers with its address in `Location`.',
        body: newAsset,
        response: answers(201, assetDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const id = newId()
      await db.transaction().execute(async (transaction) => {
        if (await isMadeBefore(transaction, 'asset', id)) return
        const made = await changedAsset(transaction, user, blankAsset(id), request.body, true)
        await writeAsset(transaction, made)
        await note(transaction, user, { assetId: id }, [{ change: 'created', to: made.name }])
      })
      return reply
        .code(201)
        .header('location', `/api/v1/assets/${id}`)
        .send(await assetWithLinks(db, user, id))
    },
  )

  api.get(
    '/assets/:id',
    {
      config,
      schema: {
        operationId: 'getAsset',
        summary: 'One asset',
        description:
          'With its location, documents, tickets, confirmations and history, as far as one sees them.',
        params: uuidParams,
        response: answers(200, assetDetail),
      },
    },
    (request) => assetWithLinks(db, signedIn(request), request.params.id),
  )

  api.patch(
    '/assets/:id',
    {
      config,
      schema: {
        operationId: 'changeAsset',
        summary: 'Change an asset',
        description:
          'What is left out stays, and null empties a field. Its history says what was changed by whom.',
        params: uuidParams,
        body: assetChange,
        response: answers(200, assetDetail),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { id } = request.params
      await db.transaction().execute(async (transaction) => {
        const before = await lockedAsset(transaction, user, id)
        const after = await changedAsset(transaction, user, before, request.body, false)
        const lines = assetDifferences(before, after)
        if (lines.length > 0) await writeAsset(transaction, after)
        await note(transaction, user, { assetId: id }, lines)
      })
      return assetWithLinks(db, user, id)
    },
  )

  api.delete(
    '/assets/:id',
    {
      config,
      schema: {
        operationId: 'removeAsset',
        summary: 'Remove an asset',
        description: 'From lists. Its history, and the tickets that it was on, keep it.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await db.transaction().execute(async (transaction) => {
        const { id, name } = await lockedAsset(transaction, user, request.params.id)
        await transaction
          .updateTable('asset')
          .set({ removed_at: sql`now()` })
          .where('id', '=', id)
          .execute()
        await note(transaction, user, { assetId: id }, [{ change: 'removed', from: name }])
      })
      return reply.code(204).send()
    },
  )

  api.get(
    '/assets/:id/history',
    {
      config,
      schema: {
        operationId: 'listAssetHistory',
        summary: 'What happened to an asset',
        description: 'Newest first.',
        params: uuidParams,
        querystring: cursorQuery,
        response: answers(200, assetHistory),
      },
    },
    async (request) => {
      const { id } = await authorisedAsset(db, signedIn(request), request.params.id)
      return historyPage(db, { assetId: id }, request.query)
    },
  )
}
