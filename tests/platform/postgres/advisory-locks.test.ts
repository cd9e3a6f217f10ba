import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advisoryLocks } from '../../../platform/postgres/advisory-locks.ts'
import { MIGRATION_LOCK } from '../../../scripts/migrate.mjs'

describe('advisory locks', () => {
  it('have a number each, so that no two things wait for each other', () => {
    const numbers = Object.values(advisoryLocks)
    assert.equal(new Set(numbers).size, numbers.length)
  })

  it('know the number that migrations go by', () => {
    assert.equal(advisoryLocks.migration, MIGRATION_LOCK)
  })
})
