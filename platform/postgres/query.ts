import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Database } from './database.ts'

/**
 * One statement on whatever connection or transaction the caller is in, for what both a pg client
 * and a Database run. Goes when the last of its users is typed: docs/decisions/0013.
 */
export type Query = (sql: string, params: unknown[]) => Promise<unknown[]>

/** @param client a pool, or the client of a transaction. */
export const pgQuery =
  (client: Pick<pg.ClientBase, 'query'>): Query =>
  async (sql, params) =>
    (await client.query(sql, params)).rows as unknown[]

export const databaseQuery =
  (db: Database): Query =>
  async (sql, params) =>
    (await db.executeQuery<unknown>(CompiledQuery.raw(sql, params))).rows
