import { z } from 'zod'
import { cursorQuery, uuidParams } from '../../domain/contract.ts'
import {
  documentChange,
  documentDetail,
  documentFiles,
  documentLink,
  documentPage,
  documentQuery,
  assetHistory,
  newDocument,
} from '../../domain/assets/contract.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { containing } from './asset-filter.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import {
  DOCUMENT_COLUMNS,
  documentOf,
  type DocumentRow,
  documentWithLinks,
  authorisedDocument,
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
import { relateDocuments } from './asset-relations.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

const cursorKeys = z.tuple([z.string(), z.uuid()])

/** Documents: invoices, warranties, licences, contracts, quotes, with their files and a history. */
export function documentRoutes(api: Api, { pool }: Dependencies): void {
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
      const { cursor, limit, kind = null, q = '' } = request.query
      const words = q.split(/\s+/).filter(Boolean).slice(0, 10).map(containing)
      const [title = null, id = null] = readCursor(cursor, cursorKeys) ?? []
      const where = `d.removed_at IS NULL AND ($1::uuid[] IS NULL OR d.location_id = ANY($1)) AND ($2::text IS NULL OR d.kind = $2)
      AND concat_ws(' ', d.title, d.number, d.supplier, d.version) ILIKE ALL($3::text[])`
      const filter = [visibleLocations(signedIn(request)), kind, words]
      const {
        rows: [count],
      } = await pool.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM document d WHERE ${where}`,
        filter,
      )
      const { rows } = await pool.query<DocumentRow>(
        `SELECT ${DOCUMENT_COLUMNS} FROM document d WHERE ${where} AND ($4::text IS NULL OR (lower(d.title), d.id) > ($4, $5::uuid)) ORDER BY lower(d.title), d.id LIMIT $6`,
        [...filter, title, id, limit + 1],
      )
      return {
        ...pageOf(rows, limit, documentOf, (row) => [row.title.toLowerCase(), row.id]),
        total: count?.total ?? 0,
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
        body: newDocument,
        response: answers(201, documentDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const { attachmentIds, ...fields } = request.body
      const id = newId()
      await inTransaction(pool, async (client) => {
        const made = await changedDocument(client, user, blankDocument(id), fields, true)
        await writeDocument(client, made)
        await note(client, user, { documentId: id }, [{ change: 'created', to: made.title }])
        await addFiles(client, user, id, attachmentIds)
      })
      return reply
        .code(201)
        .header('location', `/api/v1/documents/${id}`)
        .send(await documentWithLinks(pool, user, id))
    },
  )

  api.get(
    '/documents/:id',
    {
      config,
      schema: {
        operationId: 'getDocument',
        summary: 'One document',
        params: uuidParams,
        response: answers(200, documentDetail),
      },
    },
    (request) => documentWithLinks(pool, signedIn(request), request.params.id),
  )

  api.patch(
    '/documents/:id',
    {
      config,
      schema: {
        operationId: 'changeDocument',
        summary: 'Change a document',
        params: uuidParams,
        body: documentChange,
        response: answers(200, documentDetail),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { id } = request.params
      await inTransaction(pool, async (client) => {
        const before = await lockedDocument(client, user, id)
        const after = await changedDocument(client, user, before, request.body, false)
        const lines = documentDifferences(before, after)
        if (lines.length > 0) await writeDocument(client, after)
        await note(client, user, { documentId: id }, lines)
      })
      return documentWithLinks(pool, user, id)
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
      await inTransaction(pool, async (client) => {
        const { id, title } = await lockedDocument(client, user, request.params.id)
        await client.query('UPDATE document SET removed_at = now() WHERE id = $1', [id])
        await note(client, user, { documentId: id }, [{ change: 'removed', from: title }])
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
      const { id } = await authorisedDocument(pool, signedIn(request), request.params.id)
      return historyPage(pool, { documentId: id }, request.query)
    },
  )

  api.post(
    '/documents/:id/files',
    {
      config,
      schema: {
        operationId: 'addDocumentFiles',
        summary: 'Add files to a document',
        description: 'Uploaded before with POST /attachments.',
        params: uuidParams,
        body: documentFiles,
        response: answers(201, documentDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await inTransaction(pool, async (client) => {
        const { id } = await lockedDocument(client, user, request.params.id)
        await addFiles(client, user, id, request.body.attachmentIds)
      })
      return reply.code(201).send(await documentWithLinks(pool, user, request.params.id))
    },
  )

  api.delete(
    '/documents/:id/files/:attachmentId',
    {
      config,
      schema: {
        operationId: 'removeDocumentFile',
        summary: 'Remove a file from a document',
        params: uuidParams.extend({ attachmentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await inTransaction(pool, async (client) => {
        const { id } = await lockedDocument(client, user, request.params.id)
        const {
          rows: [file],
        } = await client.query<{ filename: string }>(
          'DELETE FROM attachment WHERE id = $1 AND document_id = $2 RETURNING filename',
          [request.params.attachmentId, id],
        )
        if (!file) throw notFound('such file')
        await note(client, user, { documentId: id }, [
          { change: 'fileRemoved', from: file.filename },
        ])
      })
      return reply.code(204).send()
    },
  )

  api.post(
    '/documents/:id/links',
    {
      config,
      schema: {
        operationId: 'linkDocuments',
        summary: 'Link two documents',
        params: uuidParams,
        body: documentLink,
        response: answers(201, documentDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await inTransaction(pool, (client) =>
        relateDocuments(client, user, request.params.id, request.body.documentId, true),
      )
      return reply.code(201).send(await documentWithLinks(pool, user, request.params.id))
    },
  )

  api.delete(
    '/documents/:id/links/:documentId',
    {
      config,
      schema: {
        operationId: 'unlinkDocuments',
        summary: 'Unlink two documents',
        params: uuidParams.extend({ documentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await inTransaction(pool, (client) =>
        relateDocuments(client, user, request.params.id, request.params.documentId, false),
      )
      return reply.code(204).send()
    },
  )
}
