import type pg from 'pg'
import { type Language, languageOf } from '../../languages/language.ts'
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
  attempts: number
}

type ClaimedRow = Omit<DueNotification, 'language' | 'statusName'> & {
  key: string
  language: string | null
  statusNames: Partial<Record<Language, string>> | null
}

/**
 * While one process mails them, another does not. Seconds; a process that dies lets go of them
 * after that.
 */
const CLAIMED_FOR = 120

/**
 * Takes everything that waits for those of whom something is due: what comes together is mailed
 * together.
 * @returns one group for each recipient, oldest first in each.
 */
export async function claimDueNotifications(
  pool: pg.Pool,
  mostRecipients: number,
): Promise<DueNotification[][]> {
  const { rows } = await pool.query<ClaimedRow>(
    `WITH recipient AS (
       SELECT coalesce(user_id::text, email) AS key FROM notification WHERE mailed_at IS NULL AND due_at <= now() GROUP BY 1 ORDER BY min(due_at) LIMIT $1
     ), claimed AS (
       UPDATE notification SET due_at = now() + make_interval(secs => $2), attempts = attempts + 1
       WHERE id IN (SELECT n.id FROM notification n JOIN recipient r ON r.key = coalesce(n.user_id::text, n.email)
                    WHERE n.mailed_at IS NULL AND n.due_at IS NOT NULL AND n.attempts = 0 OR n.mailed_at IS NULL AND n.due_at <= now()
                    ORDER BY n.id FOR UPDATE OF n SKIP LOCKED)
       RETURNING *
     )
     SELECT c.id, coalesce(c.user_id::text, c.email) AS key, c.ticket_number AS "ticketNumber", t.subject AS "ticketSubject", t.department_id AS "departmentId", c.kind, c.data,
       c.user_id AS "userId", coalesce(u.email, c.email) AS email, coalesce(u.name, c.name) AS name,
       u.preferences->>'language' AS language, c.attempts,
       (SELECT s.value->(c.data->>'status') FROM setting s WHERE s.key = 'statusNames') AS "statusNames",
       c.user_id IS NULL OR works_on(c.user_id, t.department_id, t.location_id) AS authorised
     FROM claimed c JOIN ticket t ON t.number = c.ticket_number LEFT JOIN app_user u ON u.id = c.user_id
     ORDER BY c.created_at, c.event_no`,
    [mostRecipients, CLAIMED_FOR],
  )
  const groups = new Map<string, DueNotification[]>()
  for (const { key, statusNames, ...row } of rows) {
    const language = languageOf(row.language)
    const notification = { ...row, language, statusName: statusNames?.[language] ?? '' }
    groups.set(key, [...(groups.get(key) ?? []), notification])
  }
  return [...groups.values()]
}

export const markMailed = async (pool: pg.Pool, ids: readonly string[]): Promise<void> =>
  void (await pool.query(
    'UPDATE notification SET mailed_at = now(), failure = NULL WHERE id = ANY($1::uuid[])',
    [ids],
  ))

/**
 * Tried again later and later, up to an hour apart, for five days (RFC 5321 section 4.5.4.1); then
 * shown in the app alone.
 */
export const markFailed = async (
  pool: pg.Pool,
  ids: readonly string[],
  failure: string,
): Promise<void> =>
  void (await pool.query(
    `UPDATE notification SET failure = $2, due_at = CASE WHEN created_at > now() - interval '5 days' THEN now() + LEAST(interval '15 seconds' * 2 ^ LEAST(attempts, 10), interval '1 hour') END
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
