import type pg from 'pg'

/**
 * One statement on whatever connection or transaction the caller is in: the API writes through
 * Prisma, the mail path through pg, and both compose outbound messages. Statements cast every
 * parameter, because Prisma does not send types.
 */
export type Query = (sql: string, params: unknown[]) => Promise<unknown[]>

/** @param client a pool, or the client of a transaction. */
export const pgQuery =
  (client: Pick<pg.ClientBase, 'query'>): Query =>
  async (sql, params) =>
    (await client.query(sql, params)).rows as unknown[]

/** @param tx Prisma's client, or what `$transaction` hands to its callback. */
export const prismaQuery =
  (tx: { $queryRawUnsafe: (sql: string, ...params: unknown[]) => PromiseLike<unknown> }): Query =>
  async (sql, params) =>
    (await tx.$queryRawUnsafe(sql, ...params)) as unknown[]
