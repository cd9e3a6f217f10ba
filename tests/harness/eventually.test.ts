import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from './eventually.ts'

describe('waiting until something is so', () => {
  it('ends with what was found', async () => {
    let looks = 0
    assert.equal(await eventually('the third look finds it', () => ++looks === 3 && looks), 3)
  })

  it('goes on after a look that fails, and says in the end why it was in vain', async () => {
    let looks = 0
    const look = (): boolean => {
      if (++looks < 3) throw new Error('not yet')
      return true
    }
    assert.equal(await eventually('it is so', look), true)
    await assert.rejects(
      eventually('it is so', () => Promise.reject(new Error('never')), 0),
      /in vain: it is so \(never\)/,
    )
  })

  it('is not held up for ever by a look that hangs', async () => {
    await assert.rejects(
      eventually('it is so', () => new Promise<boolean>(() => undefined), 0),
      /in vain: it is so \(the last look did not come to an end\)/,
    )
  })
})
