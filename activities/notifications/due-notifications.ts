import type pg from 'pg'
import { type Language, languageOf } from '../../languages/language.ts'
import type { NotificationRecipient } from '../../application/notifications/notification-mail-workflow.ts'
import { RECIPIENT } from './projection.ts'
import type { NotificationKind } from '../../domain/notifications.ts'

/** A notification that waits to be mailed, with what its mail needs. */
export interface DueNotification {
  id: string
  ticketNumber: number
  ticketSubject: string
  departmentId: string
  kind: NotificationKind
  data: Record<string, unknown>
  userId: string | null
  email: string
  name: string
  language: Language
  /**
   * What admins call the status that it tells of, in the person's language; empty: they have given
   * it no name.
   */
  statusName: string
  /** May the person see the ticket's department and location now? */
  authorised: boolean
}

type DueRow = Omit<DueNotification, 'language' | 'statusName'> & {
  language: string | null
  statusNames: Partial<Record<Language, string>> | null
}

/**
 * Everything that waits for a person of whom something is due: what comes together is mailed
 * together. One workflow for each person sees to it that nobody else mails them meanwhile.
 * @returns oldest first.
 */
export async function dueNotifications(
  pool: pg.Pool,
  recipient: NotificationRecipient,
): Promise<DueNotification[]> {
  const { rows } = await pool.query<DueRow>(
    `WITH waiting AS (
       SELECT * FROM notification WHERE mailed_at IS NULL AND due_at IS NOT NULL AND ${RECIPIENT} = $1
     )
     SELECT c.id, c.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", t.department_id AS "departmentId", c.kind, c.data,
       c.user_id AS "userId", coalesce(u.email, c.email) AS email, coalesce(u.name, c.name) AS name,
       u.preferences->>'language' AS language,
       (SELECT s.value->(c.data->>'status') FROM setting s WHERE s.key = 'statusNames') AS "statusNames",
       c.user_id IS NULL OR works_on(c.user_id, t.department_id, t.location_id) AS authorised
     FROM waiting c JOIN ticket t ON t.number = c.ticket_number LEFT JOIN app_user u ON u.id = c.user_id
     WHERE EXISTS (SELECT 1 FROM waiting WHERE due_at <= now())
     ORDER BY c.created_at, c.event_no`,
    [recipient],
  )
  return rows.map(({ statusNames, ...row }) => {
    const language = languageOf(row.language)
    return { ...row, language, statusName: statusNames?.[language] ?? '' }
  })
}

/** @returns when the next one is to be mailed, null when none waits. */
export async function nextDue(
  pool: pg.Pool,
  recipient: NotificationRecipient,
): Promise<Date | null> {
  const {
    rows: [row],
  } = await pool.query<{ at: Date | null }>(
    `SELECT min(due_at) AS at FROM notification WHERE mailed_at IS NULL AND due_at IS NOT NULL AND ${RECIPIENT} = $1`,
    [recipient],
  )
  return row?.at ?? null
}

/**
 * Whose mail is overdue without anybody having seen to it.
 * @param seconds since it was due.
 */
export async function forgottenRecipients(
  pool: Pick<pg.Pool, 'query'>,
  seconds: number,
  most: number,
): Promise<NotificationRecipient[]> {
  const { rows } = await pool.query<{ recipient: string }>(
    `SELECT ${RECIPIENT} AS recipient FROM notification
     WHERE mailed_at IS NULL AND due_at < now() - make_interval(secs => $1) GROUP BY 1 ORDER BY min(due_at) LIMIT $2`,
    [seconds, most],
  )
  return rows.map(({ recipient }) => recipient)
}

export const markMailed = async (pool: pg.Pool, ids: readonly string[]): Promise<void> =>
  void (await pool.query(
    'UPDATE notification SET mailed_at = now(), failure = NULL WHERE id = ANY($1::uuid[])',
    [ids],
  ))

/**
 * Keeps why a mail could not leave. The workflow tries again, later and later, for five days (RFC
 * 5321 section 4.5.4.1); after that they are shown in the app alone.
 */
export const markFailed = async (
  pool: pg.Pool,
  ids: readonly string[],
  failure: string,
): Promise<void> =>
  void (await pool.query(
    `UPDATE notification SET failure = $2, attempts = attempts + 1, due_at = CASE WHEN created_at > now() - interval '5 days' THEN due_at END
     WHERE id = ANY($1::uuid[])`,
    [ids, failure.slice(0, 500)],
  ))

/** Not to be mailed after all: nobody may read it, or it has no text. */
export const dropMail = async (
  pool: pg.Pool,
  ids: readonly string[],
  failure: string,
): Promise<void> =>
  void (await pool.query(
    'UPDATE notification SET due_at = NULL, failure = $2 WHERE id = ANY($1::uuid[])',
    [ids, failure],
  ))
