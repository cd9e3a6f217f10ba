import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../../prisma/generated/client.ts'

/**
 * One pool per process, shared by Prisma and by the few hand-written statements of the hot path.
 * @param url a PostgreSQL connection URL.
 * @param connections the pool's most.
 */
export function openDatabase(url: string, connections = 10): Database {
  const pool = new pg.Pool({ connectionString: url, max: connections, idleTimeoutMillis: 30_000 })
  // A server that restarts ends idle connections; the pool replaces them at the next query.
  pool.on('error', () => undefined)
  // One that is lent out for a transaction reports its end to nobody else, and an error without a
  // listener would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
  })
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return { pool, prisma, close: () => prisma.$disconnect().then(() => pool.end()) }
}

export interface Database {
  pool: pg.Pool
  prisma: PrismaClient
  close: () => Promise<void>
}
