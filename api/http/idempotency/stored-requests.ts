import { sql } from 'kysely'
import type { Database } from '../../../platform/postgres/database.ts'
import { seal, unseal, UnsealError } from '../../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../../platform/secrets/secret-keys.ts'
import type { Attempt } from './attempt.ts'

/** An answer as it is given once more. */
export interface StoredAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export type Claim =
  /** Nobody else is at it: the request is to be carried out. */
  | { kind: 'mine'; attempt: Attempt }
  | { kind: 'answered'; answer: StoredAnswer }
  | { kind: 'under-way' }
  /** The key is that of another request. */
  | { kind: 'another' }

interface Named {
  caller: string
  key: string
  fingerprint: string
}

/** Who works at a request says so again before this has passed; a process that died does not. */
const LEASE = sql<Date>`now() + interval '15 seconds'`
const KEPT = sql<Date>`now() - interval '24 hours'`
/** Old ones that a new one clears away, so that there are never many. */
const CLEARED = 50

/** Requests with an Idempotency-Key, in the database: all API processes see the same. */
export class StoredRequests {
  /** @param secretKeys seals answers: some hold a token that is nowhere else in clear. */
  constructor(
    private readonly db: Database,
    private readonly secretKeys: SecretKeys,
  ) {}

  /** Takes a request up, unless it was answered or is under way. */
  async claim(named: Named): Promise<Claim> {
    await this.#clear()
    return (await this.#take(named)) ?? this.#known(named)
  }

  /** @returns null when somebody else has it, or it was answered. */
  async #take(named: Named): Promise<Claim | null> {
    const taken = await this.db
      .insertInto('idempotent_request')
      .values({ ...named, leased_until: LEASE })
      .onConflict((conflict) =>
        conflict
          .columns(['caller', 'key'])
          .doUpdateSet({
            leased_until: LEASE,
            attempts: sql`idempotent_request.attempts + 1`,
          })
          .where('idempotent_request.status', 'is', null)
          .where('idempotent_request.leased_until', '<', sql<Date>`now()`)
          .where('idempotent_request.fingerprint', '=', named.fingerprint),
      )
      .returning(['started_at', 'attempts', 'facts'])
      .executeTakeFirst()
    if (!taken) return null
    return {
      kind: 'mine',
      attempt: {
        ...named,
        startedAt: taken.started_at,
        isAgain: taken.attempts > 1,
        facts: taken.facts as Record<string, unknown>,
        ids: 0,
      },
    }
  }

  /** The process lives and is still at it. */
  async renew({ caller, key }: Attempt): Promise<void> {
    await this.#one(caller, key).set({ leased_until: LEASE }).execute()
  }

  /** It was not carried out, or nobody knows: whoever sends it again carries it out. */
  async release({ caller, key }: Attempt): Promise<void> {
    await this.#one(caller, key)
      .set({ leased_until: sql<Date>`now() - interval '1 millisecond'` })
      .execute()
  }

  async answer({ caller, key }: Attempt, answer: StoredAnswer): Promise<void> {
    const { status, ...rest } = answer
    await this.#one(caller, key)
      .set({ status, answer: seal(this.secretKeys, JSON.stringify(rest)) })
      .execute()
  }

  #one(caller: string, key: string) {
    return this.db
      .updateTable('idempotent_request')
      .where('caller', '=', caller)
      .where('key', '=', key)
  }

  async #known(named: Named): Promise<Claim> {
    const { caller, key, fingerprint } = named
    const row = await this.db
      .selectFrom('idempotent_request')
      .select(['fingerprint', 'status', 'answer'])
      .where('caller', '=', caller)
      .where('key', '=', key)
      .executeTakeFirst()
    if (row && row.fingerprint !== fingerprint) return { kind: 'another' }
    if (row?.status == null || row.answer === null) return { kind: 'under-way' }
    const answer = this.#opened(row.answer)
    if (answer) return { kind: 'answered', answer: { status: row.status, ...answer } }
    await this.#forget(named, row.answer)
    return (await this.#take(named)) ?? { kind: 'under-way' }
  }

  /** @returns null when the key that sealed it is gone. */
  #opened(sealed: string): Omit<StoredAnswer, 'status'> | null {
    try {
      return JSON.parse(unseal(this.secretKeys, sealed)) as Omit<StoredAnswer, 'status'>
    } catch (error) {
      if (error instanceof UnsealError) return null
      throw error
    }
  }

  /** As after a crash before the answer was kept: the next attempt finds what was done. */
  async #forget({ caller, key }: Named, answer: string): Promise<void> {
    await this.#one(caller, key)
      .set({
        status: null,
        answer: null,
        leased_until: sql<Date>`now() - interval '1 millisecond'`,
      })
      .where('answer', '=', answer)
      .execute()
  }

  async #clear(): Promise<void> {
    await this.db
      .deleteFrom('idempotent_request')
      .where(
        sql<string>`ctid`,
        'in',
        sql<string>`(SELECT ctid FROM idempotent_request WHERE started_at < ${KEPT} LIMIT ${CLEARED} FOR UPDATE SKIP LOCKED)`,
      )
      .execute()
  }
}
