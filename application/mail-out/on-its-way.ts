import { sql } from 'kysely'

/**
 * Messages that have not left yet, where `message` is the only table with these columns. In the words
 * of the index `message_on_its_way`, so that it is used.
 */
export const onItsWay = sql<boolean>`direction = 'outbound' AND state IN ('held', 'queued', 'sending')`
