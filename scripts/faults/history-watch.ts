// Gives some tickets something to write while nothing can be written, and looks at their histories.
import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import pg from 'pg'
import { signalTicket, ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { eventually } from '../../tests/harness/eventually.ts'
import type { Finding } from './checks.ts'
import type { FaultedDesk } from './desk.ts'
import {
  excessOf,
  growthOf,
  type HistoryEvent,
  type HistoryGrowth,
  type Outage,
} from './history-growth.ts'
import type { Site } from './site.ts'

/** Tickets that are given something to write. */
const MOST = 8
/** When their snoozes end, after the outage has begun. Seconds. */
const SNOOZED = 6
/** For one question, in milliseconds. */
const WITHIN = 10_000

/** Tickets that have something to write in an outage, and what. */
export interface Prompted {
  tickets: number[]
  /** The notes' previews: each is written when the outage is over. */
  notes: string[]
}

export class HistoryWatch {
  readonly growths: HistoryGrowth[] = []
  readonly findings: Finding[] = []

  /** @param tickets of which some are looked at. */
  constructor(
    private readonly site: Site,
    private readonly desk: FaultedDesk,
    private readonly tickets: () => readonly number[],
  ) {}

  /** Before the outage: a timer of each ends in it. */
  async prepare(): Promise<Prompted> {
    const tickets = this.tickets().slice(-MOST)
    await Promise.all(tickets.map((number) => this.#snooze(number).catch(() => undefined)))
    return { tickets, notes: [] }
  }

  /** In the outage: each is told to write something. */
  async prompt({ tickets, notes }: Prompted): Promise<void> {
    await this.#withTemporal(async (client) => {
      for (const number of tickets) {
        const preview = `in an outage ${randomUUID()}`
        await signalTicket(client, { number, resume: true }, 'addNote', {
          id: randomUUID(),
          actor: SYSTEM,
          payload: { noteId: randomUUID(), preview },
        })
        notes.push(preview)
      }
    })
  }

  /** After the outage. */
  async look(fault: string, { tickets, notes }: Prompted, outage: Outage): Promise<void> {
    await this.#withTemporal(async (client) => {
      const histories: HistoryEvent[][] = []
      for (const number of tickets) histories.push(await historyOf(client, number))
      const growth = growthOf(fault, histories, outage)
      const excess = excessOf(growth)
      this.growths.push(growth)
      if (excess) this.findings.push({ kind: 'grown', what: excess })
    })
    const left = await this.#unwritten(notes)
    if (left > 0)
      this.findings.push({
        kind: 'lost',
        what: `${left} of ${notes.length} notes that workflows were told in ${fault}`,
      })
  }

  /** @returns how many are not in a log, when they had time. */
  async #unwritten(notes: readonly string[]): Promise<number> {
    const pool = new pg.Pool({ connectionString: this.site.databaseUrl, max: 1 })
    pool.on('error', () => undefined)
    let left = notes.length
    try {
      await eventually('the notes are written', async () => {
        const { rows } = await pool.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM ticket_event
           WHERE type = 'noteAdded' AND data->>'preview' = ANY($1)`,
          [notes],
        )
        left = notes.length - (rows[0]?.count ?? 0)
        return left === 0
      })
    } catch {
      // It is said how many are left.
    } finally {
      await pool.end()
    }
    return left
  }

  async #snooze(number: number): Promise<void> {
    await fetch(`${this.site.apis[0]}/api/v1/tickets/${number}/snooze`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.desk.token}`,
      },
      body: JSON.stringify({ until: new Date(Date.now() + SNOOZED * 1_000).toISOString() }),
      signal: AbortSignal.timeout(WITHIN),
    })
  }

  /** Where Temporal is away, too, nothing can be said. */
  async #withTemporal(work: (client: Client) => Promise<void>): Promise<void> {
    try {
      const { temporalAddress, namespace } = this.site
      const { client, connection } = await connectTemporal(temporalAddress, namespace)
      try {
        await connection.withDeadline(Date.now() + WITHIN, () => work(client))
      } finally {
        await connection.close()
      }
    } catch {
      // Another fault has Temporal.
    }
  }
}

/** Of the run that there is now: where it is newer than the outage there is nothing of before. */
async function historyOf(client: Client, number: number): Promise<HistoryEvent[]> {
  const { events } = await client.workflow.getHandle(ticketWorkflowId(number)).fetchHistory()
  return (events ?? []).map(({ eventTime, attributes }) => ({
    at: Number(eventTime?.seconds ?? 0) * 1_000 + Number(eventTime?.nanos ?? 0) / 1e6,
    type: (attributes ?? '').replace(/EventAttributes$/, ''),
  }))
}
