import assert from 'node:assert/strict'
import pg from 'pg'

/**
 * What must hold between ledger, history, messages and tickets, and what finds where it does not: by
 * such a row something is lost, doubled or left half done.
 */
export const soundness: readonly { what: string; sql: string }[] = [
  {
    what: 'every mail that went into a ticket has exactly one event there',
    sql: `SELECT m.id, m.outcome, count(e.no)::int AS events FROM mail m
       LEFT JOIN ticket_event e ON e.command_id = 'mail-' || m.id AND e.type = 'messageReceived' AND e.ticket_number = m.ticket_number
       WHERE m.outcome IN ('ticket', 'reply') GROUP BY m.id, m.outcome HAVING count(e.no) <> 1`,
  },
  {
    what: 'no event came from a mail of another ticket',
    sql: `SELECT e.ticket_number, e.command_id FROM ticket_event e JOIN mail m ON e.command_id = 'mail-' || m.id WHERE m.ticket_number IS DISTINCT FROM e.ticket_number`,
  },
  {
    what: 'every history is numbered without a gap and the ticket is at its last line',
    sql: `SELECT t.number, t.version, count(e.no)::int AS lines, max(e.no) AS last FROM ticket t LEFT JOIN ticket_event e ON e.ticket_number = t.number
       GROUP BY t.number HAVING count(e.no) <> t.version OR max(e.no) <> t.version`,
  },
  {
    what: 'every inbound message is visible',
    sql: `SELECT id, ticket_number FROM message WHERE direction = 'inbound' AND event_no IS NULL`,
  },
  {
    what: 'every ticket was opened once',
    sql: `SELECT ticket_number FROM ticket_event WHERE type = 'ticketOpened' GROUP BY 1 HAVING count(*) <> 1`,
  },
  {
    what: 'messages are counted right',
    sql: `SELECT t.number, t.message_count, count(m.id)::int AS messages FROM ticket t
       LEFT JOIN message m ON (m.ticket_number = t.number OR m.ticket_number IN (SELECT merged_number FROM merged_ticket h WHERE h.ticket_number = t.number))
         AND m.event_no IS NOT NULL AND NOT (m.direction = 'outbound' AND m.automatic)
       GROUP BY t.number HAVING count(m.id) <> t.message_count`,
  },
]

/** Looks into the database itself: what an administrator would check after a bad night. */
export class Audit {
  private constructor(private readonly pool: pg.Pool) {}

  static open(url: string): Audit {
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    pool.on('error', () => undefined)
    return new Audit(pool)
  }

  async rows<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, values)).rows
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    return Number(
      (await this.rows<{ count: string }>(`SELECT count(*) AS count FROM ${sql}`, values))[0]
        ?.count,
    )
  }

  /** How many mails of the ledger have each end; `waiting` those without one. */
  async ends(): Promise<Record<string, number>> {
    const rows = await this.rows<{ outcome: string; count: string }>(
      `SELECT CASE WHEN state = 'settled' THEN coalesce(outcome::text, 'none') ELSE 'waiting' END AS outcome, count(*) AS count FROM mail GROUP BY 1 ORDER BY 1`,
    )
    return Object.fromEntries(rows.map((r) => [r.outcome, Number(r.count)]))
  }

  settled = (): Promise<number> => this.count(`mail WHERE state = 'settled'`)

  /** Which ticket holds the message with this Message-ID. */
  async ticketsByInternetId(): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>()
    for (const { internet_id: id, ticket_number: number } of await this.rows<{
      internet_id: string
      ticket_number: number
    }>(
      `SELECT internet_id, ticket_number FROM message WHERE direction = 'inbound' AND internet_id IS NOT NULL`,
    ))
      found.set(id, [...(found.get(id) ?? []), number])
    return found
  }

  /** Nothing is lost, doubled or left half done between ledger, history, messages and tickets. */
  async assertSound(): Promise<void> {
    for (const { what, sql } of soundness) assert.deepEqual(await this.rows(sql), [], what)
  }

  close = (): Promise<void> => this.pool.end()
}
