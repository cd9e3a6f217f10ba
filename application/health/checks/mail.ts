import { sql } from 'kysely'
import { watchedMailboxes } from '../../mail-in/watched-mailboxes.ts'
import { accountOfSender } from '../../mail-out/sender-contact.ts'
import type { Look, Trouble } from '../../../domain/health/judgement.ts'
import type { HealthReason } from '../../../domain/health/vocabulary.ts'
import { hangingByAccount, type WorkInHand } from '../../../domain/health/work-in-hand.ts'
import { onItsWay } from '../../mail-out/on-its-way.ts'
import { asked, type Check } from '../check.ts'
import { workInHand } from './beats.ts'

/** A mailbox that is read is heard of twice a minute; silence is told after this. Seconds. */
const HEARD_WITHIN = 180
/** How long one look at a failing server is no fault yet: the next one may come through. Seconds. */
const NEXT_TRY = 5
/** Mail is in its ticket, and a command in its history, within seconds; later than this is late. Seconds. */
export const WRITTEN_WITHIN = 120
/** What is on its way is answered within seconds; servers that look for viruses take longer. Seconds. */
const ANSWERED_WITHIN = 60
/** A mail server may put a message off: greylisting takes minutes. Seconds. */
const SENT_WITHIN = 15 * 60

/** Each mailbox that is to be read. */
export const mailboxes: Check = {
  code: 'mailboxes',
  every: 5,
  async look(watched) {
    const rows = await asked(watched, (db) =>
      watchedMailboxes(db)
        .select(['address', 'status', 'failing_since', 'last_error', 'last_contact_at'])
        .select(
          sql<boolean>`coalesce(last_contact_at, created_at) < now() - make_interval(secs => ${HEARD_WITHIN})`.as(
            'silent',
          ),
        )
        .select(sql<Date>`coalesce(last_contact_at, created_at)`.as('heard_at'))
        .orderBy('address')
        .execute(),
    )
    return {
      figures: { watched: rows.length },
      troubles: rows.flatMap(
        ({ address, failing_since, last_error, silent, heard_at }): Trouble[] =>
          failing_since !== null
            ? [
                {
                  state: 'attention',
                  reason: 'mailbox-failing',
                  subject: address,
                  since: failing_since,
                  gracePeriod: NEXT_TRY,
                  detail: last_error,
                },
              ]
            : silent
              ? [
                  {
                    state: 'attention',
                    reason: 'mailbox-silent',
                    subject: address,
                    since: heard_at,
                    gracePeriod: HEARD_WITHIN,
                  },
                ]
              : [],
      ),
    }
  },
}

/** Each account that mail is sent through: one that was removed from the settings is no trouble. */
export const senders: Check = {
  code: 'senders',
  every: 5,
  async look(watched) {
    const rows = await asked(watched, (db) =>
      db
        .selectFrom('sender_contact')
        .select(['account', 'failing_since', 'last_error'])
        .where((eb) =>
          eb.or([
            eb('account', '=', watched.relay),
            eb('account', 'in', eb.selectFrom('sender').select(accountOfSender)),
          ]),
        )
        .orderBy('account')
        .execute(),
    )
    const failing = rows.flatMap(({ account, failing_since, last_error }): Trouble[] =>
      failing_since === null
        ? []
        : [
            {
              state: 'attention',
              reason: 'sender-failing',
              subject: account,
              since: failing_since,
              gracePeriod: NEXT_TRY,
              detail: last_error,
            },
          ],
    )
    return {
      figures: { accounts: rows.length },
      troubles: [...failing, ...hangingOf(await asked(watched, workInHand))],
    }
  },
}

/** Accounts that take mail and say nothing: the messages are on their way, and nothing fails yet. */
function hangingOf(inHand: readonly WorkInHand[]): Trouble[] {
  const found = inHand.flatMap((work) => Object.entries(work.hanging ?? {}))
  return Object.entries(hangingByAccount(found))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([account, { count, since }]) => ({
      state: 'attention',
      reason: 'sender-hanging',
      subject: account,
      since: new Date(since),
      gracePeriod: ANSWERED_WITHIN,
      values: { count },
    }))
}

/** The oldest mail that is kept and not in a ticket. */
export const mail: Check = {
  code: 'mail',
  every: 10,
  async look(watched) {
    const row = await asked(watched, (db) =>
      db
        .selectFrom('mail')
        .select((eb) => [
          eb.fn.min('stored_at').as('oldest'),
          eb.cast<number>(eb.fn.countAll(), 'integer').as('waiting'),
        ])
        .where('state', '<>', 'settled')
        .executeTakeFirstOrThrow(),
    )
    return waiting(row, 'mail-waiting', WRITTEN_WITHIN)
  },
}

/**
 * The oldest reply or note that is kept and not in its ticket's history. Of one that is not kept its
 * writer was told that it was not done.
 */
export const commands: Check = {
  code: 'commands',
  every: 10,
  async look(watched) {
    const row = await asked(watched, (db) =>
      db
        .selectFrom((eb) =>
          eb
            .selectFrom('message')
            .select('created_at')
            .where(onItsWay)
            .where('event_no', 'is', null)
            .where(isKept('message'))
            // One that was taken back is in the history, and is to be sent no more.
            .where(({ not, exists, selectFrom, ref }) =>
              not(
                exists(
                  selectFrom('ticket_event as e')
                    .select('e.no')
                    .whereRef('e.ticket_number', '=', 'message.ticket_number')
                    .where(sql<boolean>`e.data->>'messageId' = ${ref('message.id')}::text`),
                ),
              ),
            )
            .unionAll(
              eb
                .selectFrom('note')
                .select('created_at')
                .where('event_no', 'is', null)
                .where(isKept('note')),
            )
            .as('unwritten'),
        )
        .select((eb) => [
          eb.fn.min('unwritten.created_at').as('oldest'),
          eb.cast<number>(eb.fn.countAll(), 'integer').as('waiting'),
        ])
        .executeTakeFirstOrThrow(),
    )
    return waiting(row, 'command-waiting', WRITTEN_WITHIN)
  },
}

/** A command that is kept names the row. */
const isKept = (table: 'message' | 'note') =>
  sql<boolean>`EXISTS (SELECT 1 FROM kept_command AS k WHERE k.ticket_number = ${sql.ref(`${table}.ticket_number`)}
    AND strpos(k.command, ${sql.ref(`${table}.id`)}::text) > 0)`

/** The oldest message that is to be sent. */
export const outbox: Check = {
  code: 'outbox',
  every: 10,
  async look(watched) {
    const row = await asked(watched, (db) =>
      db
        .selectFrom('message')
        .select((eb) => [
          eb.fn.min('created_at').as('oldest'),
          eb.cast<number>(eb.fn.countAll(), 'integer').as('waiting'),
        ])
        .where(onItsWay)
        .where('event_no', 'is not', null)
        .executeTakeFirstOrThrow(),
    )
    return waiting(row, 'message-waiting', SENT_WITHIN)
  },
}

const waiting = (
  row: { oldest: Date | null; waiting: number },
  reason: HealthReason,
  gracePeriod: number,
): Look => ({
  figures: {
    waiting: row.waiting,
    oldest: row.oldest === null ? 0 : Math.max(0, (Date.now() - row.oldest.getTime()) / 1000),
  },
  troubles:
    row.oldest === null
      ? []
      : [
          {
            state: 'attention',
            reason,
            since: row.oldest,
            gracePeriod,
            values: { count: row.waiting },
          },
        ],
})

/** What is kept for a person to decide: mails that cannot be read, commands that cannot be written. */
export const quarantine: Check = {
  code: 'quarantine',
  every: 10,
  async look(watched) {
    const mails = await asked(watched, (db) =>
      db
        .selectFrom('mail')
        .select((eb) => [
          eb.fn.min('stored_at').as('oldest'),
          eb.cast<number>(eb.fn.countAll(), 'integer').as('waiting'),
        ])
        .where('outcome', '=', 'quarantine')
        .executeTakeFirstOrThrow(),
    )
    const unwritable = await asked(watched, (db) =>
      db
        .selectFrom('unwritten_command')
        .select((eb) => [
          eb.fn.min('at').as('oldest'),
          eb.cast<number>(eb.fn.countAll(), 'integer').as('waiting'),
        ])
        .where('ended', 'is', null)
        .executeTakeFirstOrThrow(),
    )
    return {
      figures: { mails: mails.waiting, commands: unwritable.waiting },
      troubles: [
        ...waiting(mails, 'mail-quarantined', 0).troubles,
        ...waiting(unwritable, 'command-unwritable', 0).troubles,
      ],
    }
  },
}
