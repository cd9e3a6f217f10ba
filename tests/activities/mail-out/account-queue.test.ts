import assert from 'node:assert/strict'
import { beforeEach, describe, it, mock } from 'node:test'
import {
  AccountBusyError,
  AccountQueue,
  type Place,
} from '../../../activities/mail-out/account-queue.ts'

const busy = (error: unknown): boolean => error instanceof AccountBusyError

describe('who may speak to a mail account', () => {
  let queue: AccountQueue
  beforeEach((t) => {
    mock.timers.enable({ apis: ['Date', 'setTimeout'], now: Date.UTC(2026, 10, 29) })
    if ('after' in t) t.after(() => mock.timers.reset())
    queue = new AccountQueue()
  })

  const enterAll = (count: number): Promise<Place>[] =>
    Array.from({ length: count }, () => {
      const entered = queue.enter()
      entered.catch(() => undefined)
      return entered
    })
  /** Those that have a place by now. */
  const entered = async (all: readonly Promise<Place>[]): Promise<Place[]> => {
    const none = {} as Place
    const first = await Promise.all(
      all.map((one) => Promise.race([one, Promise.resolve().then(() => none)]).catch(() => none)),
    )
    return first.filter((place) => place !== none)
  }

  it('lets three in, and the others one after the other as these leave, in their order', async () => {
    const all = enterAll(5)
    const places = await entered(all)
    assert.equal(places.length, 3)
    queue.leave(places[0]!)
    await all[3]
    assert.equal((await entered(all)).length, 4)
    // Nobody who comes between a place that is given up and its next one gets past.
    queue.leave(places[1]!)
    const late = queue.enter()
    late.catch(() => undefined)
    await all[4]
    assert.equal((await entered([late])).length, 0)
  })

  it('turns away at once whom it has no room for, each to come again at another time', async () => {
    void Promise.all(enterAll(3 + 20))
    const comeAgain: number[] = []
    for (let i = 0; i < 200; i++)
      await assert.rejects(queue.enter(), (error) => {
        assert.ok(error instanceof AccountBusyError)
        comeAgain.push(error.comeAgain)
        return true
      })
    assert.ok(comeAgain.every((ms) => ms >= 1_000 && ms <= 60_000))
    assert.ok(new Set(comeAgain).size > 150, 'they do not come all at once')
    assert.ok(queue.size <= 23)
  })

  it('turns away who has waited for seconds', async () => {
    const all = enterAll(4)
    mock.timers.tick(5_000)
    await assert.rejects(all[3]!, busy)
    assert.equal(queue.size, 3)
  })

  it('does not let others wait for three whose server says nothing', async () => {
    void Promise.all(enterAll(3))
    mock.timers.tick(10_001)
    const others = await entered(enterAll(3))
    assert.equal(others.length, 3, 'they go on through connections of their own')
    queue.leave(others[0]!)
    assert.equal((await entered(enterAll(1))).length, 1)
  })

  it('keeps six places at most of an account that hangs, and lets nobody wait for them', async () => {
    void Promise.all(enterAll(3))
    mock.timers.tick(10_001)
    await entered(enterAll(3))
    mock.timers.tick(10_001)
    await assert.rejects(queue.enter(), busy)
    assert.throws(() => queue.refuseIfFull(), busy)
    assert.equal(queue.size, 6)
  })

  it('counts a slow one as speaking as long as its server is heard of', async () => {
    const slow = await entered(enterAll(3))
    mock.timers.tick(10_001)
    for (const place of slow) place.heardAt = () => Date.now()
    const [waits] = enterAll(1)
    assert.equal((await entered([waits!])).length, 0)
  })
})
