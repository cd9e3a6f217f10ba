import { z } from 'zod'
import { page } from '../../domain/contract/common.ts'
import {
  notice,
  noticeCount,
  type NoticeItem,
  noticeQuery,
  noticesRead,
} from '../../domain/contract/notices.ts'
import { type NoticeKind, noticeTraits } from '../../domain/notices.ts'
import { visibleDepartments, visiblePlaces } from '../../domain/permissions.ts'
import { signedIn } from '../authentication.ts'
import { pageOf, readCursor } from '../cursor.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Api, answers, noContent } from '../route-schema.ts'
import type { SignedInUser } from '../sessions.ts'

type NoticeRow = Omit<NoticeItem, 'createdAt' | 'readAt'> & {
  created_at: Date
  read_at: Date | null
}

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

/** Kinds of which only whoever sees the ticket reads, as it is with their mails. */
const sighted = (Object.keys(noticeTraits) as NoticeKind[]).filter(
  (kind) => noticeTraits[kind].sight,
)
/** The notices of $1, on `notice n` and `ticket t`. */
const TOLD =
  'n.user_id = $1 AND (n.kind <> ALL($2::text[]) OR (($3::uuid[] IS NULL OR t.department_id = ANY($3)) AND ($4::uuid[] IS NULL OR t.place_id = ANY($4))))'
const told = (user: SignedInUser) => [
  user.id,
  sighted,
  visibleDepartments(user),
  visiblePlaces(user),
]

/** What one was told about, newest first. */
export function noticeRoutes(api: Api, { pool }: Dependencies): void {
  const tags = ['Notices']

  api.get(
    '/notices',
    {
      config: { right: 'signed-in' },
      schema: {
        tags,
        summary: 'What one was told about',
        description: 'Newest first.',
        querystring: noticeQuery,
        response: answers(200, page(notice)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { cursor, limit, unread = false } = request.query
      const [at = null, id = null] = readCursor(cursor, cursorKeys) ?? []
      const { rows } = await pool.query<NoticeRow>(
        `SELECT n.id, n.kind, n.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", n.data, n.created_at, n.read_at
       FROM notice n JOIN ticket t ON t.number = n.ticket_number
       WHERE ${TOLD} AND (NOT $5 OR n.read_at IS NULL) AND ($6::timestamptz IS NULL OR (n.created_at, n.id) < ($6, $7::uuid))
       ORDER BY n.created_at DESC, n.id DESC LIMIT $8`,
        [...told(user), unread, at, id, limit + 1],
      )
      return pageOf(
        rows,
        limit,
        ({ created_at, read_at, ...row }) => ({
          ...row,
          createdAt: created_at.toISOString(),
          readAt: read_at?.toISOString() ?? null,
        }),
        (row) => [row.created_at.toISOString(), row.id],
      )
    },
  )

  api.get(
    '/notices/count',
    {
      config: { right: 'signed-in' },
      schema: { tags, summary: 'How many are unread', response: answers(200, noticeCount) },
    },
    async (request) => {
      const user = signedIn(request)
      const {
        rows: [row],
      } = await pool.query<{ unread: number }>(
        `SELECT count(*)::int AS unread FROM notice n JOIN ticket t ON t.number = n.ticket_number WHERE ${TOLD} AND n.read_at IS NULL`,
        told(user),
      )
      return { unread: row?.unread ?? 0 }
    },
  )

  api.post(
    '/notices/read',
    {
      config: { right: 'signed-in' },
      schema: {
        tags,
        summary: 'Mark as read',
        description: 'Those that are named, those of one ticket, or all.',
        body: noticesRead,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { ids = null, ticketNumber = null } = request.body
      await pool.query(
        'UPDATE notice SET read_at = now() WHERE user_id = $1 AND read_at IS NULL AND ($2::uuid[] IS NULL OR id = ANY($2)) AND ($3::int IS NULL OR ticket_number = $3)',
        [signedIn(request).id, ids, ticketNumber],
      )
      return reply.code(204).send()
    },
  )
}
