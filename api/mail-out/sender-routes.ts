import { sql } from 'kysely'
import { connectionTest, uuidParams } from '../../domain/contract.ts'
import { newSender, senderState, senderTest } from '../../domain/mail-out/contract.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import {
  accountName,
  forgetContact,
  recordWorked,
} from '../../application/mail-out/sender-contact.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { clearSender, senderRow, shownSender, storedSender } from './stored-sender.ts'

/** The SMTP account that a department writes with, under its official address. */
export function senderRoutes(api: Api, { db, settings }: Dependencies): void {
  const requireDepartment = async (id: string): Promise<void> => {
    const department = await db
      .selectFrom('department')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst()
    if (!department) throw notFound('such department')
  }
  const state = async (id: string) => {
    const stored = await storedSender(db, id)
    return { sender: stored && shownSender(stored), oneWayFrom: settings.defaultFrom }
  }

  api.get(
    '/departments/:id/sender',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'getSender',
        summary: 'How a department sends',
        description: '`sender` is null when it has none: it then writes one-way, as `oneWayFrom`.',
        params: uuidParams,
        response: answers(200, senderState),
      },
    },
    async (request) => {
      await requireDepartment(request.params.id)
      return state(request.params.id)
    },
  )

  api.put(
    '/departments/:id/sender',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setSender',
        summary: 'Set the sender of a department',
        description: 'A password that is left out stays as it is stored; null removes it.',
        params: uuidParams,
        body: newSender,
        response: answers(200, senderState),
      },
    },
    async (request) => {
      const { id } = request.params
      await requireDepartment(id)
      const row = senderRow(request.body, await storedSender(db, id), settings.secretKeys)
      const columns = {
        from: row.from,
        host: row.host,
        port: row.port,
        secure: row.secure,
        user: row.user,
        password_sealed: row.passwordSealed,
        allow_invalid_certificate: row.allowInvalidCertificate,
        dkim: row.dkim && jsonb(row.dkim),
        updated_at: sql<Date>`now()`,
      }
      await db
        .insertInto('sender')
        .values({ department_id: id, ...columns })
        .onConflict((conflict) => conflict.column('department_id').doUpdateSet(columns))
        .execute()
      await forgetContact(db, accountName(row))
      return state(id)
    },
  )

  api.delete(
    '/departments/:id/sender',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeSender',
        summary: 'Remove the sender of a department',
        description: 'From then on it writes one-way.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await db
        .deleteFrom('sender')
        .where('department_id', '=', request.params.id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('such sender')
      return reply.code(204).send()
    },
  )

  api.post(
    '/departments/:id/sender/test',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'testSender',
        summary: 'Try a sender',
        description:
          'The stored one, or the one in the body. With `to` a short mail is sent there. What the mail server says is the answer, also when it says no.',
        params: uuidParams,
        body: senderTest.nullish(),
        response: answers(200, connectionTest),
      },
    },
    async (request) => {
      await requireDepartment(request.params.id)
      const stored = await storedSender(db, request.params.id)
      const tried = request.body?.sender
        ? senderRow(request.body.sender, stored, settings.secretKeys)
        : stored
      if (!tried) throw notFound('sender of this department; save one, or send one to try')
      const { testSender } = await import('../../platform/smtp/transport.ts')
      const tested = await testSender(clearSender(tried, settings.secretKeys), request.body?.to)
      if (tested.ok && tried === stored) await recordWorked(db, accountName(tried))
      return tested
    },
  )
}
