import { type Selectable, sql } from 'kysely'
import type { z } from 'zod'
import type { apiToken, createdToken } from '../../domain/people/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { ApiToken } from '../../prisma/generated/database.ts'
import { newSecretToken } from '../access/secret-token.ts'
import { TOKEN_PREFIX } from '../access/sessions.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { notFound } from '../http/problem.ts'

/** Those of a person that can be used, the newest first. */
export async function tokensOf(db: Database, userId: string): Promise<z.input<typeof apiToken>[]> {
  const rows = await db
    .selectFrom('api_token')
    .select(columns)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map(tokenOf)
}

/** @returns with the token itself, which is stored nowhere. */
export async function createToken(
  db: Database,
  userId: string,
  name: string,
): Promise<z.input<typeof createdToken>> {
  const { token, hash } = newSecretToken(TOKEN_PREFIX)
  const row = await db
    .insertInto('api_token')
    .values({ id: newId(), token_hash: hash, name, user_id: userId })
    .returning(columns)
    .executeTakeFirstOrThrow()
  return { ...tokenOf(row), token }
}

/** @throws ProblemError 404 when this person has no such token. */
export async function revokeToken(db: Database, id: string, userId: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('api_token')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw notFound('such token')
}

const columns = ['id', 'name', 'created_at', 'last_used_at'] as const

const tokenOf = ({
  id,
  name,
  created_at: createdAt,
  last_used_at: lastUsedAt,
}: Pick<Selectable<ApiToken>, (typeof columns)[number]>) => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
