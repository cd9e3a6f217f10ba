import { type RawBuilder, sql } from 'kysely'

/** The moment so many seconds ago, by the database's clock. */
export const secondsAgo = (seconds: number): RawBuilder<Date> =>
  sql`now() - make_interval(secs => ${seconds})`

/**
 * The moment before which something was last tried that is to be tried again now: the pause doubles
 * with each attempt.
 * @param attempts the column that counts them, from one on.
 * @param first seconds after the first attempt.
 * @param longest the most, in seconds.
 */
export const pauseAgo = (attempts: string, first: number, longest: number): RawBuilder<Date> =>
  sql`now() - make_interval(secs => least(${first} * 2 ^ (${sql.ref(attempts)} - 1), ${longest}))`
