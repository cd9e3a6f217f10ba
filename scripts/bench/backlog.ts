import type pg from 'pg'
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
  db: pg.Pool,
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

async function settled(db: pg.Pool, mailboxId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'bench-settled',
    text: `SELECT count(*)::int AS count FROM mail WHERE mailbox_id = $1 AND state = 'settled'`,
    values: [mailboxId],
  })
  return rows[0]?.count ?? 0
}

async function ends(db: pg.Pool, mailboxId: string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ outcome: string; count: number }>(
    `SELECT coalesce(outcome::text, state::text) AS outcome, count(*)::int AS count FROM mail WHERE mailbox_id = $1 GROUP BY 1`,
    [mailboxId],
  )
  return Object.fromEntries(rows.map((r) => [r.outcome, r.count]))
}

/** Tickets that one mail alone made. */
async function numbers(db: pg.Pool, mailboxId: string): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>(
    'SELECT ticket_number AS number FROM mail WHERE mailbox_id = $1 GROUP BY 1 HAVING count(*) = 1 ORDER BY 1',
    [mailboxId],
  )
  return rows.map((r) => r.number)
}
