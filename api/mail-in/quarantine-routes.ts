import { sql } from 'kysely'
import { z } from 'zod'
import { cursorQuery, page, uuidParams } from '../../domain/contract.ts'
import { quarantineItem } from '../../domain/mail-in/contract.ts'
import { inEnglish } from '../../languages/explanation.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { sendDownload } from '../http/download.ts'
import { notFound } from '../http/problem.ts'
import { HEADER_BYTES, readableHeader } from './raw-header.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import { isAfter, timeCursor } from '../http/time-cursor.ts'

const accepted = z.object({ accepted: z.literal(true) }).meta({ id: 'Accepted' })

/**
 * Mails that broke the parser or the router: kept raw, seen by admins, tried again when they say
 * so.
 */
export function quarantineRoutes(api: Api, { db, blobs, workflows }: Dependencies): void {
  api.get(
    '/quarantine',
    {
      config: { right: 'quarantine.manage' },
      schema: {
        operationId: 'listQuarantine',
        summary: 'Mails in quarantine',
        description: 'Newest first.',
        querystring: cursorQuery,
        response: answers(200, page(quarantineItem)),
      },
    },
    async (request) => {
      const { cursor, limit } = request.query
      const after = readCursor(cursor, timeCursor)
      const mails = db
        .selectFrom('mail as m')
        .innerJoin('mailbox as x', 'x.id', 'm.mailbox_id')
        .select([
          'm.id',
          'x.address as mailbox',
          'm.outcome_reason as reason',
          'm.size',
          'm.stored_at',
          'm.attempts',
          'm.blob_sha256',
        ])
        .where('m.outcome', '=', 'quarantine')
        .where((eb) => isAfter(eb, ['m.stored_at', 'm.id'], '<', after))
        .orderBy('m.stored_at', 'desc')
        .orderBy('m.id', 'desc')
        .limit(limit + 1)
      const rows = await db
        .selectFrom(mails.as('q'))
        .leftJoin('blob as b', 'b.sha256', 'q.blob_sha256')
        .selectAll('q')
        .select(
          sql<Buffer | null>`substring(b.bytes FROM 1 FOR ${sql.lit(HEADER_BYTES)})`.as('start'),
        )
        .orderBy('q.stored_at', 'desc')
        .orderBy('q.id', 'desc')
        .execute()
      const headers = new Map(
        await Promise.all(
          rows.map(
            async (row) => [row.id, await readableHeader(row.start ?? Buffer.alloc(0))] as const,
          ),
        ),
      )
      return pageOf(
        rows,
        limit,
        ({ id: mail, mailbox, reason, size, stored_at, attempts }) => ({
          id: mail,
          mailbox,
          from: '',
          subject: '',
          ...headers.get(mail),
          reason: inEnglish(reason ?? ''),
          reasonExplanation: reason ?? '',
          size,
          storedAt: stored_at.toISOString(),
          attempts,
        }),
        (row) => [row.stored_at.toISOString(), row.id],
      )
    },
  )

  api.post(
    '/quarantine/:id/retry',
    {
      config: { right: 'quarantine.manage' },
      schema: {
        operationId: 'retryQuarantinedMail',
        summary: 'Try a mail again',
        description: 'It becomes a ticket or a reply, or comes back here with the reason.',
        params: uuidParams,
        response: answers(200, accepted),
      },
    },
    async (request) => {
      const mail = await quarantined(request.params.id)
      await workflows.retryMail(mail.mailboxId, request.params.id)
      return { accepted: true as const }
    },
  )

  api.get(
    '/quarantine/:id/source',
    {
      config: { right: 'quarantine.manage' },
      schema: {
        operationId: 'getQuarantinedMailSource',
        summary: 'The raw mail',
        description: 'What could be had of it, to the byte.',
        params: uuidParams,
        response: bytes('message/rfc822', 'The mail (RFC 5322).'),
      },
    },
    async (request, reply) => {
      const { sha256 } = await quarantined(request.params.id)
      return sendDownload(
        request,
        reply,
        {
          sha256,
          contentType: 'message/rfc822',
          filename: `quarantine-${request.params.id}.eml`,
          inline: false,
        },
        blobs,
      )
    },
  )

  async function quarantined(id: string): Promise<{ mailboxId: string; sha256: string }> {
    const row = await db
      .selectFrom('mail')
      .select(['mailbox_id as mailboxId', 'blob_sha256 as sha256'])
      .where('id', '=', id)
      .where('outcome', '=', 'quarantine')
      .executeTakeFirst()
    if (!row) throw notFound('such mail in quarantine')
    return row
  }
}
