import { type RawBuilder, sql } from 'kysely'

/** The moment so many seconds ago, by the database's clock. */
export const secondsAgo = (seconds: number): RawBuilder<Date> =>
  sql`now() - make_interval(secs => ${seconds})`
