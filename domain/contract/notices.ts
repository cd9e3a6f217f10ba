import { z } from 'zod'
import { hearings, noticeKinds } from '../notices.ts'
import { cursorQuery, isoTime } from './common.ts'

/** Something that one was told about. */
export const notice = z
  .object({
    id: z.uuid(),
    kind: z.enum(noticeKinds),
    ticketNumber: z.number().int(),
    ticketSubject: z.string(),
    data: z.record(z.string(), z.unknown()),
    createdAt: isoTime,
    readAt: isoTime.nullable(),
  })
  .meta({ id: 'Notice' })
export type NoticeItem = z.infer<typeof notice>

export const noticeQuery = cursorQuery.extend({ unread: z.stringbool().optional() })
export const noticeCount = z.object({ unread: z.number().int() }).meta({ id: 'NoticeCount' })
/** Without ids: everything. */
export const noticesRead = z
  .object({ ids: z.array(z.uuid()).max(500).optional(), ticketNumber: z.number().int().optional() })
  .meta({ id: 'NoticesRead' })

/** What one chose to hear of a ticket that one owns or watches; null: as chosen for all tickets. */
export const ticketHearing = z
  .object({ hears: z.enum(hearings).nullable() })
  .meta({ id: 'TicketHearing' })
export type TicketHearing = z.infer<typeof ticketHearing>
