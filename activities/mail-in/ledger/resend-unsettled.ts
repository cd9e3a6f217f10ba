import { sql } from 'kysely'
import type { Database } from '../../../platform/postgres/database.ts'
import { secondsAgo } from '../../../platform/postgres/seconds-ago.ts'
import type { MailIntake } from './intake.ts'
import { unsettledOf } from './unsettled.ts'

/**
 * Seconds after which a command without an event is sent again; doubled each time, up to a quarter
 * of an hour.
 */
const FIRST_RESEND = 15
/** Stored mails younger than this are in the hands of the process that stored them. Seconds. */
export const LEFT_BEHIND = 10
const MOST_AT_ONCE = 500
/** A command is lost when others that were sent so much later have arrived. Seconds. */
const OVERTAKEN = 10
/** The last mails that came in, among which those are looked for. */
const LOOKED_BACK = 200

/**
 * Takes the next commands that are due. While events keep coming in, Temporal may only be busy, and
 * sending again would make it busier: then a command is given two minutes, unless others that were
 * sent after it have had their events. It is lost then, and not waiting.
 * @param atStart whatever is not settled, Temporal may have forgotten it.
 * @param after the mail before the first one.
 */
const claim = (db: Database, atStart: boolean, after: string | null) =>
  db
    .with('busy', (cte) =>
      cte.selectNoFrom(({ exists, selectFrom }) =>
        exists(selectFrom('ticket_event').select('no').where('at', '>', secondsAgo(4))).as('yes'),
      ),
    )
    .with('arrived', (cte) =>
      cte
        .selectFrom((from) =>
          from
            .selectFrom('mail')
            .select('sent_at')
            .where('state', '=', 'settled')
            .orderBy('stored_at', 'desc')
            .limit(LOOKED_BACK)
            .as('last'),
        )
        .select((eb) => eb.fn.max('last.sent_at').as('sent_at')),
    )
    .with('due', (cte) =>
      cte
        .selectFrom('mail')
        .select('id')
        .where('state', '=', 'routed')
        .$if(after !== null, (query) => query.where('id', '>', after))
        .$if(!atStart, (query) =>
          query.where((eb) =>
            eb.or([eb('sent_at', 'is', null), eb('sent_at', '<', lastSentBefore)]),
          ),
        )
        .orderBy('id')
        .limit(MOST_AT_ONCE)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('mail')
    .from('due')
    .set((eb) => ({
      sent_at: sql<Date>`now()`,
      // Sent in vain by a process that died: no reason to try more slowly.
      attempts: atStart ? 1 : eb('attempts', '+', 1),
    }))
    .whereRef('mail.id', '=', 'due.id')
    .returning(['mail.id', 'mail.ticket_number'])
    // What is routed has one.
    .$narrowType<{ ticket_number: number }>()

const lastSentBefore = sql<Date>`now() - make_interval(secs => greatest(
  least(${FIRST_RESEND} * 2 ^ least(attempts, 6), 900),
  CASE WHEN (SELECT yes FROM busy)
    AND coalesce((SELECT arrived.sent_at FROM arrived) - mail.sent_at < make_interval(secs => ${OVERTAKEN}), true)
    THEN 120 ELSE 0 END))`

/**
 * Sends again every command whose event is not in a ticket's projection, with its first id, so that
 * it counts once. In the order in which the mails came, and no faster than Temporal takes them.
 * @param atStart do not wait: the process before may have died, or the Temporal server lost its last
 *   seconds in a power cut.
 * @param stopped looked at between two portions.
 * @returns how many were sent.
 */
export async function resendUnsettled(
  db: Database,
  intake: MailIntake,
  atStart = false,
  stopped: () => boolean = () => false,
): Promise<number> {
  let sent = 0
  for (let last: string | null = null; !stopped();) {
    const rows = await claim(db, atStart, last).execute()
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    // With what comes before them: it may be due later, but must not be overtaken.
    await intake.resend(
      await unsettledOf(
        db,
        rows.map((row) => row.ticket_number),
      ),
    )
    sent += rows.length
    if (rows.length < MOST_AT_ONCE) break
    last = rows.at(-1)?.id ?? null
  }
  return sent
}

/**
 * Is there a mail that nobody has in hand, or whose event should be there by now?
 * @param atOnce whatever is not settled may have been forgotten.
 */
export const mailLeftBehind = (
  db: Database,
  atOnce = false,
): Promise<{ stored: boolean; unsettled: boolean }> =>
  db
    .selectNoFrom(({ exists, selectFrom }) => [
      exists(
        selectFrom('mail')
          .select('id')
          .where('state', '=', 'stored')
          .where('stored_at', '<', secondsAgo(LEFT_BEHIND)),
      )
        .$castTo<boolean>()
        .as('stored'),
      exists(
        selectFrom('mail')
          .select('id')
          .where('state', '=', 'routed')
          .$if(!atOnce, (query) =>
            query.where((eb) =>
              eb.or([eb('sent_at', 'is', null), eb('sent_at', '<', secondsAgo(FIRST_RESEND))]),
            ),
          ),
      )
        .$castTo<boolean>()
        .as('unsettled'),
    ])
    .executeTakeFirstOrThrow()
