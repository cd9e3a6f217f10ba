import { type NotNull, sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { runPrepared } from '../../platform/postgres/run-prepared.ts'
import type { CorpusMail } from './corpus.ts'
import type { Desk } from './desk.ts'
import type { MailAccount } from './mail-server.ts'

const TIMEOUT = 300_000
const LOOK_EVERY_MS = 50

/**
 * Lets Guichet take a mailbox's backlog in.
 * @returns milliseconds from the mailbox's creation until every mail is settled in the ledger and
 *   every ticket is in the list.
 * @throws when a mail was lost, doubled or misplaced: a figure for wrong work is none.
 */
export async function takeIn(
  desk: Desk,
  db: Database,
  account: MailAccount,
  mails: readonly CorpusMail[],
  address: string,
): Promise<{ ms: number; mailboxId: string; tickets: number[] }> {
  const departmentId = await desk.openDepartment(`Bench ${address}`)
  const begun = performance.now()
  const mailboxId = await desk.openMailbox(address, departmentId, account)
  while ((await settled(db, mailboxId)) < mails.length) {
    if (performance.now() - begun > TIMEOUT)
      throw new Error(
        `Only ${await settled(db, mailboxId)} of ${mails.length} mails are settled after ${TIMEOUT / 1000} s: ${JSON.stringify(await ends(db, mailboxId))}`,
      )
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  const threads = new Set(mails.map((m) => m.thread)).size
  const { total } = await desk.api.get<{ total: number }>(
    `/tickets?department=${departmentId}&limit=1`,
  )
  const ms = performance.now() - begun
  const found = await ends(db, mailboxId)
  if (
    total !== threads ||
    found['ticket'] !== threads ||
    found['reply'] !== mails.length - threads
  ) {
    throw new Error(
      `${mails.length} mails in ${threads} threads became ${total} tickets: ${JSON.stringify(found)}`,
    )
  }
  return { ms, mailboxId, tickets: await numbers(db, mailboxId) }
}

const counted = sql<number>`count(*)::int`.as('count')

async function settled(db: Database, mailboxId: string): Promise<number> {
  const [row] = await runPrepared(
    db,
    db
      .selectFrom('mail')
      .select(counted)
      .where('mailbox_id', '=', mailboxId)
      .where('state', '=', 'settled'),
  )
  return row?.count ?? 0
}

async function ends(db: Database, mailboxId: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('mail')
    .select([sql<string>`coalesce(outcome::text, state::text)`.as('end'), counted])
    .where('mailbox_id', '=', mailboxId)
    .groupBy('end')
    .execute()
  return Object.fromEntries(rows.map((r) => [r.end, r.count]))
}

/** Tickets that one mail alone made. */
async function numbers(db: Database, mailboxId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('mail')
    .select('ticket_number as number')
    .where('mailbox_id', '=', mailboxId)
    .where('ticket_number', 'is not', null)
    .groupBy('ticket_number')
    .having((eb) => eb.fn.countAll(), '=', 1)
    .orderBy('ticket_number')
    .$narrowType<{ number: NotNull }>()
    .execute()
  return rows.map((r) => r.number)
}
