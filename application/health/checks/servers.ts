import { cut } from '../../../domain/cut.ts'
import fs from 'node:fs'
import { type Trouble } from '../../../domain/health/judgement.ts'
import { technically } from '../../../domain/explanation.ts'
import {
  type DatabaseTrouble,
  databaseTrouble,
} from '../../../platform/postgres/database-trouble.ts'
import { DatabaseSilentError } from '../../../platform/postgres/database-silent.ts'
import { asked, type Check } from '../check.ts'
import { liveBeats } from './beats.ts'

/**
 * A server that restarts is no fault: it may be away for this long since the look before. Seconds; red
 * comes within 15 s of the fault whatever the looks take.
 */
const RESTART = 10
/** A worker that has just started, or whose server has, asks within this time; a long poll ends after 60 s. */
const ASKS_AGAIN = 75
/** What the look at Temporal was told is as good for this long. Milliseconds. */
const ASKED_LATELY = 6_000

/** PostgreSQL answers and takes what is written. */
export const database: Check = {
  code: 'database',
  every: 5,
  async look(watched) {
    const began = Date.now()
    try {
      if (watched.beat) await watched.beat.beat()
      // Locked, or not there: nothing can be done with any ticket.
      await asked(watched, (db) =>
        db
          .selectNoFrom((eb) => [
            eb.exists(eb.selectFrom('ticket').select('number')).as('tickets'),
            eb.exists(eb.selectFrom('ticket_event').select('no')).as('events'),
          ])
          .execute(),
      )
      return { troubles: [], figures: { seconds: (Date.now() - began) / 1000 } }
    } catch (error) {
      return { troubles: [troubleFrom(error)] }
    }
  },
}

const reasons = {
  silent: 'database-silent',
  'not-writable': 'database-not-writable',
  outdated: 'database-outdated',
} as const satisfies Record<DatabaseTrouble, Trouble['reason']>

function troubleFrom(error: unknown): Trouble {
  const { message = '' } = error as { message?: string }
  return {
    state: 'stopped',
    reason: reasons[databaseTrouble(error) ?? 'silent'],
    gracePeriod: RESTART,
    detail: error instanceof DatabaseSilentError ? null : technically(cut(message, 300)),
  }
}

/** Temporal's server answers. */
export const temporal: Check = {
  code: 'temporal',
  every: 5,
  async look({ temporal: server }) {
    try {
      const { oldestTask } = await server.queue()
      return { troubles: [], figures: { oldestTask } }
    } catch {
      return { troubles: [{ state: 'stopped', reason: 'temporal-silent', gracePeriod: RESTART }] }
    }
  },
}

/** A worker lives, and asks Temporal for work. */
export const workers: Check = {
  code: 'workers',
  every: 3,
  async look(watched) {
    const beats = await asked(watched, (db) => liveBeats(db, 'worker').execute())
    if (beats.length === 0) {
      const last = await asked(watched, (db) =>
        db
          .selectFrom('process_beat')
          .select('beat_at')
          .where('kind', '=', 'worker')
          .orderBy('beat_at', 'desc')
          .limit(1)
          .executeTakeFirst(),
      )
      return {
        figures: { working: 0 },
        troubles: [{ state: 'stopped', reason: 'no-worker', since: last?.beat_at, gracePeriod: 0 }],
      }
    }
    // Silence of Temporal is another check's to tell.
    const queue = await watched.temporal.queue(ASKED_LATELY).catch(() => null)
    const asks = queue === null || (queue.askedAgo !== null && queue.askedAgo < ASKS_AGAIN)
    return {
      figures: { working: beats.length },
      troubles: asks
        ? []
        : [{ state: 'stopped', reason: 'worker-asks-for-nothing', gracePeriod: RESTART }],
    }
  },
}

/** Space left below which somebody must look, and below which servers stop. Bytes and parts. */
const LOW = { bytes: 2e9, part: 0.1 }
const FULL = 100e6

/** The disk of DATA_DIR, where the embedded servers keep everything. */
export const disk: Check = {
  code: 'disk',
  every: 10,
  async look({ dataDir }) {
    if (dataDir === null) return { troubles: [] }
    let free: number, size: number
    try {
      const { bavail, bsize, blocks } = await fs.promises.statfs(dataDir)
      ;[free, size] = [bavail * bsize, blocks * bsize]
    } catch {
      // With servers elsewhere there need be none.
      return { troubles: [] }
    }
    const values = { free: Math.round(free / 1e6), folder: dataDir }
    const full = free < FULL
    const low = free < Math.min(LOW.bytes, LOW.part * size)
    return {
      figures: { free, size },
      troubles: full
        ? [{ state: 'stopped', reason: 'disk-full', gracePeriod: 0, values }]
        : low
          ? [{ state: 'attention', reason: 'disk-low', gracePeriod: 0, values }]
          : [],
    }
  },
}
