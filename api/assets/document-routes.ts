import { expressionBuilder, sql } from 'kysely'
import { z } from 'zod'
import { cursorQuery, uuidParams } from '../../domain/contract.ts'
import {
  documentChange,
  documentDetail,
  documentPage,
  documentQuery,
  assetHistory,
  newDocument,
} from '../../domain/assets/contract.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { isMadeBefore } from '../http/idempotency/made-before.ts'
import { signedIn } from '../access/authentication.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import {
  authorisedDocument,
  byTitle,
  documentOf,
  documents,
  documentWithLinks,
} from './document-view.ts'
import {
  addFiles,
  blankDocument,
  changedDocument,
  documentDifferences,
  lockedDocument,
  writeDocument,
} from './document-writing.ts'
import { historyPage, note } from './asset-history.ts'
import { containing, searchWords } from '../http/search-words.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

const cursorKeys = z.tuple([z.string(), z.uuid()])
const searched = sql<string>`concat_ws(' ', d.title, d.number, d.supplier, d.version)`

/** Documents: invoices, warranties, licences, contracts, quotes, and their history. */
export function documentRoutes(api: Api, { db }: Dependencies): void {
  const config = { right: 'asset.manage' } as const

  api.get(
    '/documents',
    {
      config,
      schema: {
        operationId: 'listDocuments',
        summary: 'List documents',
        description: 'By title, within the locations that one sees.',
        querystring: documentQuery,
        response: answers(200, documentPage),
      },
    },
    async (request) => {
      const { cursor, limit, kind, q } = request.query
      const eb = expressionBuilder<{ d: DB['document'] }, 'd'>()
      const where = eb.and([
        eb('d.removed_at', 'is', null),
        atVisibleLocation(signedIn(request), 'd.location_id'),
        ...(kind ? [eb('d.kind', '=', kind)] : []),
        ...searchWords(q).map((word) => eb(searched, 'ilike', containing(word))),
      ])
      const { total } = await db
        .selectFrom('document as d')
        .select(sql<number>`count(*)::int`.as('total'))
        .where(where)
        .executeTakeFirstOrThrow()
      const after = readCursor(cursor, cursorKeys)
      const rows = await documents(db)
        .where(where)
        .$if(after !== null, (rest) =>
          rest.where(eb(eb.refTuple(byTitle, 'd.id'), '>', eb.tuple(...after!))),
        )
        .orderBy(byTitle)
        .orderBy('d.id')
        .limit(limit + 1)
        .execute()
      return {
        ...pageOf(rows, limit, documentOf, (row) => [row.title.toLowerCase(), row.id]),
        total,
      }
    },
  )

  api.post(
    '/documents',
    {
      config,
      schema: {
        operationId: 'createDocument',
        summary: 'Add a document',
        description:
          'An invoice, a warranty, a licence, or another paper. Files are uploaded before, by `POST /attachments`. Answers with its address in `Location`.',
        body: newDocument,
        response: answers(201, documentDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const { attachmentIds, ...fields } = request.body
      const id = newId()
      await db.transaction().execute(async (transaction) => {
        if (await isMadeBefore(transaction, 'document', id)) return
        const made = await changedDocument(transaction, user, blankDocument(id), fields, true)
        await writeDocument(transaction, made)
        await note(transaction, user, { documentId: id }, [{ change: 'created', to: made.title }])
        await addFiles(transaction, user, id, attachmentIds)
      })
      return reply
        .code(201)
        .header('location', `/api/v1/documents/${id}`)
        .send(await documentWithLinks(db, user, id))
    },
  )

  api.get(
    '/documents/:id',
    {
      config,
      schema: {
        operationId: 'getDocument',
        summary: 'One document',
        description:
          'With its files, and the assets, documents and tickets it is linked with, as far as one sees them.',
        params: uuidParams,
        response: answers(200, documentDetail),
      },
    },
    (request) => documentWithLinks(db, signedIn(request), request.params.id),
  )

  api.patch(
    '/documents/:id',
    {
      config,
      schema: {
        operationId: 'changeDocument',
        summary: 'Change a document',
        description:
          'What is left out stays, and null empties a field. Its history says what was changed by whom.',
        params: uuidParams,
        body: documentChange,
        response: answers(200, documentDetail),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { id } = request.params
      await db.transaction().execute(async (transaction) => {
        const before = await lockedDocument(transaction, user, id)
        const after = await changedDocument(transaction, user, before, request.body, false)
        const lines = documentDifferences(before, after)
        if (lines.length > 0) await writeDocument(transaction, after)
        await note(transaction, user, { documentId: id }, lines)
      })
      return documentWithLinks(db, user, id)
    },
  )

  api.delete(
    '/documents/:id',
    {
      config,
      schema: {
        operationId: 'removeDocument',
        summary: 'Remove a document',
        description: 'From lists. Its history and its files are kept.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await db.transaction().execute(async (transaction) => {
        const { id, title } = await lockedDocument(transaction, user, request.params.id)
        await transaction
          .updateTable('document')
          .set({ removed_at: sql`now()` })
          .where('id', '=', id)
          .execute()
        await note(transaction, user, { documentId: id }, [{ change: 'removed', from: title }])
      })
      return reply.code(204).send()
    },
  )

  api.get(
    '/documents/:id/history',
    {
      config,
      schema: {
        operationId: 'listDocumentHistory',
        summary: 'What happened to a document',
        description: 'Newest first.',
        params: uuidParams,
        querystring: cursorQuery,
        response: answers(200, assetHistory),
      },
    },
    async (request) => {
      const { id } = await authorisedDocument(db, signedIn(request), request.params.id)
      return historyPage(db, { documentId: id }, request.query)
    },
  )
}
