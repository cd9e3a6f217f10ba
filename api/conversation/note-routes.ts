import { type InferResult, sql } from 'kysely'
import { z } from 'zod'
import { cursorQuery, ticketParams, wholeNumber } from '../../domain/contract.ts'
import { newNote, note, type Note, notePage } from '../../domain/conversation/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { discardNote } from '../../application/conversation/unsent-texts.ts'
import { isRefusedForGood } from '../../application/tickets/command-answers.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { bindAttachments } from './attachment-binding.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { attachmentsOf } from './message-view.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, requestedTicket } from '../access/ticket-access.ts'
import { isAfter } from '../http/time-cursor.ts'

/** Notes `n` that are part of a ticket's history, with what their view needs. */
const notes = (db: Database) =>
  db
    .selectFrom('note as n')
    .innerJoin('ticket_event as e', (join) =>
      join.onRef('e.ticket_number', '=', 'n.ticket_number').onRef('e.no', '=', 'n.event_no'),
    )
    .select((eb) => [
      'n.id',
      'n.ticket_number as ticketNumber',
      'n.author_id as authorId',
      'n.author_name as authorName',
      'n.text',
      'n.created_at as createdAt',
      'e.no as eventNo',
      'e.at as eventAt',
      attachmentsOf('note_id', eb.ref('n.id')).as('attachments'),
    ])

type NoteRow = InferResult<ReturnType<typeof notes>>[number]

const cursorKeys = z.tuple([z.iso.datetime(), wholeNumber, wholeNumber])

/** Internal notes: they never leave the house. */
export function noteRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/tickets/:number/notes',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listNotes',
        summary: 'Internal notes of a ticket',
        description: 'Oldest first, with those of tickets that were merged into this one.',
        params: ticketParams,
        querystring: cursorQuery,
        response: answers(200, notePage),
      },
    },
    async (request) => {
      const { ticket } = await requestedTicket(db, request)
      const { cursor, limit } = request.query
      const after = readCursor(cursor, cursorKeys)
      const merged = sql<{ number: number }>`ticket_with_merged(${ticket.number})`.as<'merged'>(
        sql`merged(number)`,
      )
      const rows = await notes(db)
        .innerJoin(merged, 'merged.number', 'n.ticket_number')
        .where((eb) => isAfter(eb, ['e.at', 'n.ticket_number', 'n.event_no'], '>', after))
        .orderBy('e.at')
        .orderBy('n.ticket_number')
        .orderBy('n.event_no')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, noteOf, (row) => [
        row.eventAt.toISOString(),
        row.ticketNumber,
        row.eventNo,
      ])
    },
  )

  api.post(
    '/tickets/:number/notes',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createNote',
        summary: 'Add an internal note',
        description:
          'For colleagues: it never leaves the desk. Files are uploaded before, by `POST /attachments`.',
        params: ticketParams,
        body: newNote,
        response: orKept(answers(201, note)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { text, attachmentIds } = request.body
      const id = newId()
      await db.transaction().execute(async (transaction) => {
        const written = await transaction
          .insertInto('note')
          .values({
            id,
            ticket_number: ticket.number,
            author_id: user.id,
            author_name: user.name,
            text,
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst()
        // Else an earlier attempt of this request has written and bound it.
        if (written) await bindAttachments(transaction, { note_id: id }, attachmentIds, user.id)
      })
      try {
        await command(
          deps,
          user,
          ticket,
          'addNote',
          { noteId: id, preview: preview(text) },
          `note-${id}`,
        )
      } catch (error) {
        if (isRefusedForGood(error)) await discardNote(db, id)
        throw error
      }
      const row = await notes(db).where('n.id', '=', id).executeTakeFirstOrThrow()
      return reply.code(201).send(noteOf(row))
    },
  )
}

const noteOf = ({ authorId, authorName, createdAt, eventAt: _, ...row }: NoteRow): Note => ({
  ...row,
  author: { id: authorId, name: authorName },
  createdAt: createdAt.toISOString(),
})
