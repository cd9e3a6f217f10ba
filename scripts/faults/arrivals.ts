// Looks into the database whether what was given has had its effect: past every proxy, and never for
// long.
import pg from 'pg'
import type { GivenAction, GivenMail, Ledger } from './ledger.ts'

/** Between two looks, in milliseconds. */
const LOOK = 500
/** For one question, in milliseconds. */
const WITHIN = 5_000
/** Asked for at once. */
const MOST = 400

export class Arrivals {
  readonly #pool: pg.Pool
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  /** @param onTicket told of each ticket that a mail has opened. */
  constructor(
    url: string,
    private readonly ledger: Ledger,
    private readonly onTicket: (number: number) => void,
  ) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: WITHIN,
      query_timeout: WITHIN,
    })
    this.#pool.on('error', () => undefined)
  }

  start(): void {
    this.#timer = setInterval(() => {
      // A database that is away is looked at again.
      this.#looking ??= this.look()
        .catch(() => undefined)
        .finally(() => (this.#looking = undefined))
    }, LOOK)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await this.#pool.end()
  }

  /** Marks what has arrived. */
  async look(): Promise<void> {
    const open = this.ledger.outstanding()
    await this.#mails(open.filter((one) => one.kind === 'mail').slice(0, MOST))
    const actions = open.filter((one) => one.kind !== 'mail')
    for (const kind of ['note', 'reply', 'ticket', 'priority'] as const) {
      const asked = actions.filter((one) => one.kind === kind).slice(0, MOST)
      if (asked.length > 0) await this.#actions(kind, asked)
    }
  }

  async #mails(mails: readonly GivenMail[]): Promise<void> {
    if (mails.length === 0) return
    const { rows } = await this.#pool.query<{ internet_id: string; ticket_number: number }>(
      `SELECT internet_id, ticket_number FROM message
       WHERE internet_id = ANY($1) AND direction = 'inbound' AND event_no IS NOT NULL`,
      [mails.map(({ id }) => id)],
    )
    const found = new Map(rows.map((row) => [row.internet_id, row.ticket_number]))
    for (const mail of mails) {
      const ticket = found.get(mail.id)
      if (ticket === undefined) continue
      mail.done = Date.now()
      if (mail.place === 0) this.onTicket(ticket)
    }
  }

  async #actions(kind: GivenAction['kind'], actions: readonly GivenAction[]): Promise<void> {
    const { rows } = await this.#pool.query<{ token: string }>(FOUND[kind], [
      actions.map(({ token }) => token),
      ...(kind === 'priority'
        ? [actions.map(({ ticket }) => ticket), actions.map(({ value }) => value)]
        : []),
    ])
    const found = new Set(rows.map(({ token }) => token))
    for (const action of actions) if (found.has(action.token)) action.done = Date.now()
  }
}

/** By which the actions are found that have had their effect. */
const FOUND: Record<GivenAction['kind'], string> = {
  note: `SELECT word.token FROM unnest($1::text[]) AS word(token) JOIN note
    ON note.text LIKE 'Text ' || word.token || ' %' WHERE event_no IS NOT NULL`,
  reply: `SELECT word.token FROM unnest($1::text[]) AS word(token) JOIN message
    ON message.text LIKE 'Text ' || word.token || ' %'
    WHERE direction = 'outbound' AND event_no IS NOT NULL AND state IN ('sent', 'doubtful', 'failed')`,
  ticket: `SELECT word.token FROM unnest($1::text[]) AS word(token) JOIN ticket
    ON ticket.subject = 'By phone ' || word.token`,
  // The value may have been the ticket's before, or be another by now: that nothing is owed any more
  // is known from there being nothing kept.
  priority: `SELECT word.token FROM unnest($1::text[], $2::int[], $3::text[]) AS word(token, number, value)
    WHERE NOT EXISTS (SELECT 1 FROM kept_command WHERE ticket_number = word.number)`,
}
