import { sql } from 'kysely'
import type { Database } from '../../../platform/postgres/database.ts'
import { secondsAgo } from '../../../platform/postgres/seconds-ago.ts'
import { asked, type Check } from '../check.ts'

/** A process that was silent for longer does not work. Seconds. */
export const SILENT = 10
/** An event loop may be slow for this long. Seconds. */
const SLOW_FOR = 15

/** The processes of a kind that live. */
export const liveBeats = (db: Database, kind?: 'api' | 'worker') =>
  db
    .selectFrom('process_beat')
    .select(['kind', 'host', 'pid', 'event_loop_delay', 'slow_since', 'started_at', 'keys'])
    .where('beat_at', '>', secondsAgo(SILENT))
    .$if(kind !== undefined, (query) => query.where('kind', '=', sql.lit(kind!)))
    .orderBy('kind')
    .orderBy('host')
    .orderBy('pid')

/** What the workers that live have in hand. */
export const workInHand = async (db: Database) =>
  (await liveBeats(db, 'worker').select('work').execute()).flatMap(({ work }) => work ?? [])

/** Processes that live and come late to everything. */
export const eventLoop: Check = {
  code: 'event-loop',
  every: 5,
  async look(watched) {
    const beats = await asked(watched, (db) => liveBeats(db).execute())
    return {
      figures: { worstDelay: Math.max(0, ...beats.map((b) => b.event_loop_delay)) / 1000 },
      troubles: beats.flatMap(({ kind, host, pid, event_loop_delay, slow_since }) =>
        slow_since === null
          ? []
          : [
              {
                state: 'attention' as const,
                reason: 'event-loop-slow' as const,
                subject: `${kind} ${host}:${pid}`,
                since: slow_since,
                gracePeriod: SLOW_FOR,
                values: { milliseconds: event_loop_delay },
              },
            ],
      ),
    }
  },
}
