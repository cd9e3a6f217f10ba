import { connectionTest, uuidParams } from '../../domain/contract.ts'
import { newSender, senderState, senderTest } from '../../domain/mail-out/contract.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { clearSender, senderRow, shownSender, storedSender } from './stored-sender.ts'

/** The SMTP account that a department writes with, under its official address. */
export function senderRoutes(api: Api, { pool, settings }: Dependencies): void {
  const requireDepartment = async (id: string): Promise<void> => {
    const { rowCount } = await pool.query('SELECT 1 FROM department WHERE id = $1', [id])
    if (!rowCount) throw notFound('such department')
  }
  const state = async (id: string) => {
    const stored = await storedSender(pool, id)
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
      const row = senderRow(request.body, await storedSender(pool, id), settings.secretKey)
      await pool.query(
        `INSERT INTO sender (department_id, "from", host, port, secure, "user", password_sealed, allow_invalid_certificate, dkim, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
       ON CONFLICT (department_id) DO UPDATE SET "from" = EXCLUDED."from", host = EXCLUDED.host, port = EXCLUDED.port, secure = EXCLUDED.secure, "user" = EXCLUDED."user",
         password_sealed = EXCLUDED.password_sealed, allow_invalid_certificate = EXCLUDED.allow_invalid_certificate, dkim = EXCLUDED.dkim, updated_at = now()`,
        [
          id,
          row.from,
          row.host,
          row.port,
          row.secure,
          row.user,
          row.passwordSealed,
          row.allowInvalidCertificate,
          row.dkim && JSON.stringify(row.dkim),
        ],
      )
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
      const { rowCount } = await pool.query('DELETE FROM sender WHERE department_id = $1', [
        request.params.id,
      ])
      if (!rowCount) throw notFound('such sender')
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
      const stored = await storedSender(pool, request.params.id)
      const tried = request.body?.sender
        ? senderRow(request.body.sender, stored, settings.secretKey)
        : stored
      if (!tried) throw notFound('sender of this department; save one, or send one to try')
      const { testSender } = await import('../../platform/smtp/transport.ts')
      return testSender(clearSender(tried, settings.secretKey), request.body?.to)
    },
  )
}
