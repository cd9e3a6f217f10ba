import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { atOnce } from '../../application/at-once.ts'

describe('a list worked through several at a time', () => {
  it('has each item done once, and no more at a time than said', async () => {
    let underway = 0
    let most = 0
    const done: number[] = []
    await atOnce(new Set([5, 3, 8, 1, 9, 2]), 2, async (item) => {
      most = Math.max(most, ++underway)
      await new Promise((resolve) => setImmediate(resolve))
      underway--
      done.push(item)
    })
    assert.deepEqual(done.sort(), [1, 2, 3, 5, 8, 9])
    assert.equal(most, 2)
  })

  it('fails with the first error', async () => {
    const failing = atOnce([1, 2, 3], 2, (item) =>
      item === 2 ? Promise.reject(new Error('not this one')) : Promise.resolve(),
    )
    await assert.rejects(failing, /not this one/)
  })

  it('of nothing is done', async () => {
    await atOnce([], 4, () => Promise.reject(new Error('there is nothing')))
  })
})
