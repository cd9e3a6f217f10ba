import type pg from 'pg'
import { z } from 'zod'
import { cursorQuery, ticketParams } from '../../domain/contract.ts'
import {
  type Attachment,
  newNote,
  note,
  type Note,
  notePage,
} from '../../domain/conversation/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { bindAttachments } from './attachment-binding.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { attachmentsOf } from './message-view.ts'
import { conflict } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

interface NoteRow {
  id: string
  ticket_number: number
  event_no: number
  author_id: string | null
  author_name: string
  text: string
  created_at: Date
  attachments: Attachment[]
}

const COLUMNS = `n.id, n.ticket_number, n.event_no, n.author_id, n.author_name, n.text, n.created_at, ${attachmentsOf('note_id = n.id')} AS attachments`
const cursorKeys = z.tuple([z.iso.datetime(), z.number().int(), z.number().int()])

/** Internal notes: they never leave the house. */
export function noteRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps

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
      const { number } = await authorisedTicket(db, signedIn(request), request.params.number)
      const { cursor, limit } = request.query
      const { rows } = await pool.query<NoteRow & { event_at: Date }>(
        `SELECT ${COLUMNS}, e.at AS event_at FROM ticket_with_merged($1) AS merged (number) JOIN note n ON n.ticket_number = merged.number JOIN ticket_event e ON e.ticket_number = n.ticket_number AND e.no = n.event_no
       WHERE (e.at, n.ticket_number, n.event_no) > ($2::timestamptz, $3::int, $4::int) ORDER BY e.at, n.ticket_number, n.event_no LIMIT $5`,
        [number, ...(readCursor(cursor, cursorKeys) ?? ['-infinity', 0, 0]), limit + 1],
      )
      return pageOf(rows, limit, noteOf, (row) => [
        row.event_at.toISOString(),
        row.ticket_number,
        row.event_no,
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
        params: ticketParams,
        body: newNote,
        response: answers(201, note),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { text, attachmentIds } = request.body
      const id = request.body.id ?? newId()
      await inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          'INSERT INTO note (id, ticket_number, author_id, author_name, text) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING',
          [id, ticket.number, user.id, user.name, text],
        )
        if (rowCount) await bindAttachments(pgQuery(client), { noteId: id }, attachmentIds, user.id)
        else await isOwnNote(client, id, ticket.number, user.id)
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
        if (error instanceof CommandRejectedError)
          await pool.query(
            'WITH freed AS (UPDATE attachment SET note_id = NULL WHERE note_id = $1) DELETE FROM note WHERE id = $1 AND event_no IS NULL',
            [id],
          )
        throw error
      }
      const { rows } = await pool.query<NoteRow>(`SELECT ${COLUMNS} FROM note n WHERE n.id = $1`, [
        id,
      ])
      return reply.code(201).send(noteOf(rows[0]!))
    },
  )
}

/**
 * The request before was not answered; it is made again.
 * @throws ProblemError 409 when the id is that of somebody else's note.
 */
async function isOwnNote(
  client: Pick<pg.ClientBase, 'query'>,
  id: string,
  ticketNumber: number,
  authorId: string,
): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM note WHERE id = $1 AND ticket_number = $2 AND author_id = $3',
    [id, ticketNumber, authorId],
  )
  if (!rowCount)
    throw conflict(
      'note-id-taken',
      'There is another note with this id. Choose a new one for each note.',
    )
}

const noteOf = (row: NoteRow): Note => ({
  id: row.id,
  ticketNumber: row.ticket_number,
  eventNo: row.event_no,
  author: { id: row.author_id, name: row.author_name },
  text: row.text,
  attachments: row.attachments,
  createdAt: row.created_at.toISOString(),
})
