import type { Look } from '../../domain/health/judgement.ts'
import type { CheckCode } from '../../domain/health/vocabulary.ts'
import type { BoundedDatabase } from '../../platform/postgres/bounded-database.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { ProcessBeat } from './process-beat.ts'
import type { TemporalLook } from './temporal-look.ts'

/** What is looked at. */
export interface Watched {
  database: BoundedDatabase
  /** For what is counted: it may take longer, and must not keep a look waiting. */
  figures: BoundedDatabase
  temporal: TemporalLook
  /** Of this process; null where it says nothing of itself. */
  beat: Pick<ProcessBeat, 'beat'> | null
  /** The account of DEFAULT_SMTP_URL by its name (application/mail-out/sender-contact.ts). */
  relay: string
  /** Where files are kept; null: not on this machine. */
  dataDir: string | null
}

/** One thing that is looked at, and what it comes to. */
export interface Check {
  code: CheckCode
  /** Seconds between two looks. */
  every: number
  /** @throws when it cannot be said: then it is unknown, where that lasts. */
  look: (watched: Watched) => Promise<Look>
}

/** How long a question of a look may take. Milliseconds. */
const WITHIN = 3_000

/** Asks the database within the time that a look has. */
export const asked = <T>(
  { database }: Watched,
  work: (db: OpenDatabase) => Promise<T>,
): Promise<T> => database.within(WITHIN, work)
