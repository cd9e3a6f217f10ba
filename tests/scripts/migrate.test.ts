import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import pg from 'pg'
import { migrate } from '../../scripts/migrate.mjs'
import { absentDatabase, type FreshDatabase, freshDatabase } from '../harness/database.ts'

describe('migrating', () => {
  const dropped = (t: TestContext, database: FreshDatabase): FreshDatabase => {
    t.after(() => database.drop())
    return database
  }

  it('applies everything to a database that is not there yet, and nothing the next time', async (t) => {
    const { url } = dropped(t, absentDatabase())
    const applied = await migrate(url)
    assert.ok(applied.some((name) => /_schema$/.test(name)))
    assert.ok(applied.some((name) => name.startsWith('functions/')))
    assert.deepEqual(await migrate(url), [])
  })

  it('does not go on where a migration failed, and names it', async (t) => {
    const { url } = dropped(t, await freshDatabase())
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query<{ name: string }>(
      'UPDATE _prisma_migrations SET finished_at = NULL RETURNING migration_name AS name',
    )
    await client.end()
    await assert.rejects(migrate(url), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'migration-failed')
      assert.ok(error.message.includes(rows[0]!.name), error.message)
      return true
    })
  })
})
