import { cut } from '../../domain/cut.ts'
import { sql } from 'kysely'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { type CustomLabels, NO_CUSTOM_LABELS } from '../../languages/custom-labels.ts'
import { type Language, languageOf } from '../../languages/language.ts'
import type { NotificationRecipient } from '../../application/notifications/notification-mail-workflow.ts'
import { type ApprovalRequest, approvalRequests, keyOf } from './approval-requests.ts'
import { recipientOf } from './projection.ts'
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
  labels: CustomLabels
  /** May the person see the ticket's department and location now? */
  authorised: boolean
  /** What the person wrote with what could not be done, whole. */
  written: readonly string[]
  /** What an approver is asked, in full; undefined when it is not asked any more. */
  request: ApprovalRequest | undefined
}

/**
 * Everything that waits for a person of whom something is due: what comes together is mailed
 * together. One workflow for each person sees to it that nobody else mails them meanwhile.
 * @returns oldest first.
 */
export async function dueNotifications(
  db: Database,
  recipient: NotificationRecipient,
): Promise<DueNotification[]> {
  const rows = await db
    .with('waiting', (cte) => waitingFor(cte, recipient).selectAll())
    .selectFrom('waiting as c')
    .innerJoin('ticket as t', 't.number', 'c.ticket_number')
    .leftJoin('app_user as u', 'u.id', 'c.user_id')
    // Theirs alone: what they wrote with what could not be done.
    .leftJoin('returned_text as r', (join) =>
      join
        .onRef('r.ticket_number', '=', 'c.ticket_number')
        .on((eb) => eb('r.command_id', '=', sql<string>`c.data->>'commandId'`))
        .on((eb) => eb(sql`r.writer_id`, 'is not distinct from', eb.ref('c.user_id'))),
    )
    .select((eb) => [
      'c.id',
      'c.ticket_number as ticketNumber',
      't.subject as ticketSubject',
      't.department_id as departmentId',
      'c.kind',
      'c.data',
      'c.user_id as userId',
      'r.texts as written',
      eb.fn.coalesce('u.email', 'c.email').as('email'),
      eb.fn.coalesce('u.name', 'c.name').as('name'),
      readerLanguage.as('language'),
      eb
        .or([
          eb('c.user_id', 'is', null),
          eb.fn<boolean>('works_on', ['c.user_id', 't.department_id', 't.location_id']),
        ])
        .as('authorised'),
    ])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('waiting')
          .select('waiting.id')
          .where('due_at', '<=', sql<Date>`now()`),
      ),
    )
    .orderBy('c.created_at')
    .orderBy('c.event_no')
    .execute()
  const labels = rows.length > 0 ? await customLabels(db) : NO_CUSTOM_LABELS
  const requests = await approvalRequests(
    db,
    rows.flatMap((row) => askedRound(row) ?? []),
  )
  return rows.map(({ authorised, written, ...row }) => {
    const language = languageOf(row.language)
    const asked = askedRound(row)
    return {
      ...row,
      written: (written ?? []).map(({ text }) => text),
      language,
      labels,
      authorised: authorised === true,
      request: asked && requests.get(keyOf(asked)),
    }
  })
}

/** What admins call statuses and resolutions now. */
async function customLabels(db: Database): Promise<CustomLabels> {
  const setting = await db
    .selectFrom('setting')
    .select(sql<CustomLabels['statuses']>`value`.as('statuses'))
    .where('key', '=', 'statusNames')
    .executeTakeFirst()
  const resolutions = await db.selectFrom('resolution').select(['key', 'names']).execute()
  return {
    statuses: setting?.statuses ?? {},
    resolutions: Object.fromEntries(resolutions.map(({ key, names }) => [key, names])),
  }
}

/** The approval that a notification asks to decide, and the round of it. */
function askedRound({
  kind,
  data: { approvalId, round },
}: Pick<DueNotification, 'kind' | 'data'>): { approvalId: string; round: number } | undefined {
  return kind === 'approvalAsked' && typeof approvalId === 'string' && typeof round === 'number'
    ? { approvalId, round }
    : undefined
}

/**
 * The language of whoever reads the mail: their own choice. Somebody without an account has made
 * none: as they wrote in this ticket; else as whoever asks for their decision works, because what is
 * to be decided is written in that language; else as the requester writes. A department and the desk
 * have no language of their own.
 */
const readerLanguage = sql<string | null>`coalesce(
  u.preferences->>'language',
  CASE WHEN c.user_id IS NULL THEN coalesce(
    (SELECT m.language FROM message m
      WHERE m.ticket_number = c.ticket_number AND m.direction = 'inbound' AND m.from_address = lower(c.email) AND m.language IS NOT NULL
      ORDER BY m.created_at DESC LIMIT 1),
    (SELECT asker.preferences->>'language' FROM approval a JOIN app_user asker ON asker.id = a.asked_by_id
      WHERE a.ticket_number = c.ticket_number AND a.id::text = c.data->>'approvalId'),
    (SELECT m.language FROM message m
      WHERE m.ticket_number = c.ticket_number AND m.direction = 'inbound' AND m.language IS NOT NULL
      ORDER BY m.created_at LIMIT 1))
  END)`

/** What is still to be mailed to a person. */
const waitingFor = (db: Pick<Database, 'selectFrom'>, recipient: NotificationRecipient) =>
  db
    .selectFrom('notification')
    .where('mailed_at', 'is', null)
    .where('due_at', 'is not', null)
    .where(recipientOf, '=', recipient)

/** @returns when the next one is to be mailed, null when none waits. */
export async function nextDue(
  db: Database,
  recipient: NotificationRecipient,
): Promise<Date | null> {
  const next = await waitingFor(db, recipient)
    .select((eb) => eb.fn.min('due_at').as('at'))
    .executeTakeFirst()
  return next?.at ?? null
}

/**
 * Whose mail is overdue without anybody having seen to it.
 * @param seconds since it was due.
 */
export async function forgottenRecipients(
  db: Database,
  seconds: number,
  most: number,
): Promise<NotificationRecipient[]> {
  const forgotten = await db
    .selectFrom('notification')
    .select(recipientOf.as('recipient'))
    .where('mailed_at', 'is', null)
    .where('due_at', '<', secondsAgo(seconds))
    .groupBy(recipientOf)
    .orderBy((eb) => eb.fn.min('due_at'))
    .limit(most)
    .execute()
  return forgotten.map(({ recipient }) => recipient)
}

export const markMailed = async (db: Database, ids: readonly string[]): Promise<void> =>
  void (await db
    .updateTable('notification')
    .set({ mailed_at: sql<Date>`now()`, failure: null })
    .where('id', '=', anyOf(ids, 'uuid'))
    .execute())

/**
 * Keeps why a mail could not leave. The workflow tries again, later and later, for five days (RFC
 * 5321 section 4.5.4.1); after that they are shown in the app alone.
 */
export const markFailed = async (
  db: Database,
  ids: readonly string[],
  failure: string,
): Promise<void> =>
  void (await db
    .updateTable('notification')
    .set((eb) => ({
      failure: cut(failure, 500),
      attempts: eb('attempts', '+', 1),
      due_at: eb
        .case()
        .when('created_at', '>', sql<Date>`now() - interval '5 days'`)
        .then(eb.ref('due_at'))
        .end(),
    }))
    .where('id', '=', anyOf(ids, 'uuid'))
    .execute())

/** Not to be mailed after all: nobody may read it, or it has no text. */
export const dropMail = async (
  db: Database,
  ids: readonly string[],
  failure: string,
): Promise<void> =>
  void (await db
    .updateTable('notification')
    .set({ due_at: null, failure })
    .where('id', '=', anyOf(ids, 'uuid'))
    .execute())
