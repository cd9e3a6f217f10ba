import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AccountBusyError } from '../../../activities/mail-out/account-queue.ts'
import { MailInMemory } from '../../../activities/mail-out/mail-in-memory.ts'

const MB = 1024 * 1024
const busy = (error: unknown): boolean => error instanceof AccountBusyError

describe('mails that are handed over, in memory', () => {
  it('are never many large ones of an account, or of all, beside the first of each', () => {
    const orders = fc.array(
      fc.record({
        account: fc.constantFrom('it', 'hr', 'sales', 'house'),
        size: fc.integer({ min: 1, max: 60 * MB }),
        leaves: fc.boolean(),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(orders, (all) => {
        const memory = new MailInMemory()
        const held: { account: string; size: number; leave: () => void }[] = []
        const sum = (account?: string): number =>
          held
            .filter((one) => account === undefined || one.account === account)
            .reduce((total, { size }) => total + size, 0)
        for (const { account, size, leaves } of all) {
          const first = sum(account) === 0
          try {
            const leave = memory.hold(account, size)
            if (size > 256 * 1024) held.push({ account, size, leave })
          } catch (error) {
            assert.ok(busy(error))
            assert.ok(!first, 'an account has one in hand whatever the others have')
          }
          assert.ok(sum(account) <= 100 * MB)
          assert.ok(sum() <= 300 * MB + 4 * 60 * MB)
          if (leaves) held.shift()?.leave()
        }
        for (const { leave } of held) leave()
        for (let i = 0; i < 3; i++) memory.hold('it', 30 * MB)
        assert.throws(() => memory.hold('it', 30 * MB), busy, 'all room had been given back')
      }),
    )
  })

  it('are any number of small ones, beside what fills everything', () => {
    const memory = new MailInMemory()
    for (const account of ['it', 'hr', 'sales', 'house']) memory.hold(account, 90 * MB)
    for (let i = 0; i < 1_000; i++) memory.hold('it', 200 * 1024)
    memory.hold('a new one', 90 * MB)
    assert.throws(() => memory.hold('a new one', 9 * MB), busy)
  })
})
