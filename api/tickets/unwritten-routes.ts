import { isRefusedForGood } from '../../application/tickets/command-answers.ts'
import { giveBack } from '../../application/tickets/returned-texts.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { CommandKeptError } from '../../application/tickets/ticket-commands.ts'
import { writtenIn } from '../../domain/written-in.ts'
import { cursorQuery, page, uuidParams } from '../../domain/contract.ts'
import { unwrittenCommand, unwrittenEnd, unwrittenRetry } from '../../domain/tickets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { attempt } from './unwritten-attempt.ts'
import {
  endUnwritten,
  putBackUnwritten,
  unwrittenCommands,
  unwrittenCommandWith,
  unwrittenItem,
} from './unwritten-rows.ts'
import { isAfter, timeCursor } from '../http/time-cursor.ts'

/**
 * Commands that the database could not take, whatever the attempt: an admin looks, has them tried
 * again, corrected or as they are, or drops them. docs/decisions/0021-errors-of-data.md.
 */
export function unwrittenRoutes(api: Api, { db, workflows }: Dependencies): void {
  api.get(
    '/unwritten-commands',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listUnwrittenCommands',
        summary: 'Commands that could not be written',
        description: 'Those of which no admin has decided yet, newest first.',
        querystring: cursorQuery,
        response: answers(200, page(unwrittenCommand)),
      },
    },
    async (request) => {
      const { cursor, limit } = request.query
      const after = readCursor(cursor, timeCursor)
      const rows = await unwrittenCommands(db)
        .where((eb) => isAfter(eb, ['at', 'id'], '<', after))
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const numbers = [...new Set(rows.map(({ number }) => number))]
      const tickets = new Map(
        await Promise.all(
          numbers.map(async (number) => [number, await loadTicket(db, number)] as const),
        ),
      )
      return pageOf(
        rows,
        limit,
        (row) => unwrittenItem(row, tickets.get(row.number)!),
        ({ at, id }) => [at.toISOString(), id],
      )
    },
  )

  api.post(
    '/unwritten-commands/:id/retry',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'retryUnwrittenCommand',
        summary: 'Have a command tried again',
        description:
          'As it was, in the name of whoever asked it; or with another payload, in your own. What cannot be written again waits here as before.',
        params: uuidParams,
        body: unwrittenRetry,
        response: orKept(answers(200, unwrittenEnd)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const row = await unwrittenCommandWith(db, request.params.id)
      const command = attempt(row, user, request.body.payload)
      await endUnwritten(db, row, 'retried', user)
      try {
        const known = await loadTicket(db, row.number)
        await workflows.execute({ number: row.number, resume: known.opened }, row.name, command)
      } catch (error) {
        // What is kept is done later; what cannot be written again came back by itself.
        if (!(error instanceof CommandKeptError))
          await putBackUnwritten(db, row, isRefusedForGood(error))
        throw error
      }
      return { ended: 'retried' as const }
    },
  )

  api.post(
    '/unwritten-commands/:id/drop',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'dropUnwrittenCommand',
        summary: 'Drop a command that could not be written',
        description:
          'It is not done, and what its sender wrote with it is theirs again. The history of its ticket has said already that it was refused.',
        params: uuidParams,
        response: answers(200, unwrittenEnd),
      },
    },
    async (request) => {
      const row = await unwrittenCommandWith(db, request.params.id)
      const written = writtenIn(row.name, JSON.parse(row.payload))
      await db.transaction().execute(async (transaction) => {
        await endUnwritten(transaction, row, 'dropped', signedIn(request))
        const { commandId, number, actor } = row
        const writerId = actor.kind === 'agent' ? actor.id : null
        if (written) await giveBack(transaction, number, { commandId, writerId, written })
      })
      return { ended: 'dropped' as const }
    },
  )
}
