/**
 * Longest text of one message that the search index takes, in characters. A tsvector holds 1 MiB at
 * most, so growth stops at half of it.
 */
const INDEXED_TEXT = 20_000
const INDEX_LIMIT = 500_000

/**
 * What a ticket is found by from its own line.
 * @param line the name under which its row is.
 */
export const wordsOfTicket = (line: string): string =>
  `to_tsvector('simple', left(${line}.subject || ' ' || ${line}.requester_name || ' ' || ${line}.requester_email, 2000))`

/**
 * What it is found by from messages `m` that become visible together.
 * @param order that of their events: the index keeps positions of words.
 */
export const wordsOfMessages = (order: string): string =>
  `to_tsvector('simple', left(string_agg(m.subject || ' ' || m.from_name || ' ' || m.from_address || ' ' || m.text, ' ' ORDER BY ${order}), ${INDEXED_TEXT}))`

/**
 * The index of a ticket with more words; null adds none.
 * @param words an expression.
 */
export const withWords = (words: string): string =>
  `CASE WHEN ${words} IS NULL OR pg_column_size(ticket.search) > ${INDEX_LIMIT} THEN ticket.search ELSE ticket.search || ${words} END`
