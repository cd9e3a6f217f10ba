import assert from 'node:assert/strict'
import { beforeEach, describe, it, mock } from 'node:test'
import {
  AccountBusyError,
  AccountQueue,
  ofAllAccounts,
  type OfAllAccounts,
  type Place,
} from '../../../activities/mail-out/account-queue.ts'
import { SLOTS } from '../../../worker/workers.ts'

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
    queue.leave(places[0]!, true)
    await all[3]
    assert.equal((await entered(all)).length, 4)
    // Nobody who comes between a place that is given up and its next one gets past.
    queue.leave(places[1]!, true)
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
    queue.leave(others[0]!, true)
    assert.equal((await entered(enterAll(1))).length, 1)
  })

  it('keeps six places of an account that hangs, and lets nobody wait for them', async () => {
    void Promise.all(enterAll(3))
    mock.timers.tick(10_001)
    await entered(enterAll(3))
    mock.timers.tick(10_001)
    await assert.rejects(queue.enter(), busy)
    assert.throws(() => queue.refuseIfFull(), busy)
    assert.equal(queue.size, 6)
  })

  /** Six that hang: nothing has been heard of any of them for ten seconds. */
  const hang = async (): Promise<void> => {
    for (let three = 0; three < 2; three++) {
      await entered(enterAll(3))
      mock.timers.tick(10_001)
    }
  }
  /** One comes every second, as Temporal brings them; the first that gets a place. */
  const nextProbe = async (within: number): Promise<Place | null> => {
    for (let waited = 0; waited < within; waited += 1_000) {
      const [place] = await entered(enterAll(1))
      if (place) return place
      mock.timers.tick(1_000)
    }
    return null
  }

  it('tries with one more within half a minute whether a server that hangs takes mail again', async () => {
    await hang()
    const probe = await nextProbe(30_000)
    assert.ok(probe)
    assert.equal(queue.size, 7, 'one, and not three')
    const few = enterAll(3)
    assert.equal((await entered(few)).length, 0, 'wait for what becomes of it')
    await assert.rejects(queue.enter(), busy)
    // The server is well again: from now on the account has all its connections.
    queue.leave(probe, true)
    assert.equal((await entered(few)).length, 3)
    assert.equal(queue.hanging?.count, 6, 'what hangs is left its time')
  })

  it('goes on trying as long as it hangs, with a bounded number', async () => {
    await hang()
    for (let probes = 0; probes < 9; probes++) {
      assert.ok(await nextProbe(30_000), 'five minutes are covered')
      mock.timers.tick(10_001)
    }
    while (await nextProbe(120_000)) mock.timers.tick(10_001)
    assert.equal(queue.size, 18)
  })

  it('does not take it for well because of a failure that says nothing of it', async () => {
    await hang()
    const probe = await nextProbe(30_000)
    queue.leave(probe!, false)
    await assert.rejects(queue.enter(), busy)
  })

  it('is not held up by single messages that a server which works says nothing about', async () => {
    for (let message = 0; message < 12; message++) {
      const [swallowed, next] = await entered(enterAll(2))
      assert.ok(swallowed && next, `message ${message}`)
      mock.timers.tick(3_000)
      queue.leave(next, true)
      mock.timers.tick(8_000)
    }
    assert.equal(queue.hanging?.count, 12)
  })

  it('leaves slots to others, however many accounts hang', async () => {
    const queues: AccountQueue[] = []
    const ofAll = (): OfAllAccounts => ofAllAccounts(queues)
    for (let account = 0; account < 40; account++) queues.push(new AccountQueue(ofAll))
    let most = 0
    for (let second = 0; second < 295; second += 5) {
      for (const one of queues) for (let i = 0; i < 2; i++) one.enter().catch(() => undefined)
      mock.timers.tick(5_000)
      most = Math.max(
        most,
        queues.reduce((sum, one) => sum + one.size, 0),
      )
    }
    assert.ok(most <= SLOTS.deliveries - 30, `${most} of ${SLOTS.deliveries} slots`)
    const well = new AccountQueue(ofAll)
    await Promise.all([well.enter(), well.enter(), well.enter()])
  })

  /**
   * Messages of accounts whose servers take them and say nothing until a moment, and then work.
   * @returns when the last message that did not hang was taken, in milliseconds after that moment.
   */
  async function recovery(accounts: number, messages: number, well: number): Promise<number> {
    const began = Date.now()
    const queues: AccountQueue[] = []
    for (let i = 0; i < accounts; i++) queues.push(new AccountQueue(() => ofAllAccounts(queues)))
    const elapsed = (): number => Date.now() - began
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    let left = accounts * messages
    let latest = 0
    const deliver = async (account: AccountQueue): Promise<void> => {
      for (;;) {
        try {
          const place = await account.enter()
          left--
          if (elapsed() < well) return
          await wait(200)
          account.leave(place, true)
          latest = elapsed()
          return
        } catch (error) {
          assert.ok(error instanceof AccountBusyError)
          await wait(error.comeAgain)
        }
      }
    }
    for (const account of queues) for (let i = 0; i < messages; i++) void deliver(account)
    while (left > 0 && elapsed() < well + 120_000) {
      mock.timers.tick(100)
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    }
    return left > 0 ? Infinity : latest - well
  }

  for (const [accounts, messages, moments] of [
    [1, 60, [22_000, 60_000, 200_000]],
    [20, 30, [22_000, 60_000, 200_000]],
    [40, 20, [60_000]],
  ] as const)
    for (const well of moments)
      it(`sends what waits of ${accounts} accounts within a minute after ${well / 1000} s of silence of all`, async () => {
        const took = await recovery(accounts, messages, well)
        assert.ok(took <= 60_000, `${took} ms`)
      })

  it('tells since when nothing is heard', async () => {
    assert.equal(queue.hanging, null)
    const began = Date.now()
    await entered(enterAll(1))
    mock.timers.tick(70_000)
    assert.deepEqual(queue.hanging, { count: 1, since: began })
  })

  it('counts a slow one as speaking as long as its server is heard of', async () => {
    const slow = await entered(enterAll(3))
    mock.timers.tick(10_001)
    for (const place of slow) place.heardAt = () => Date.now()
    const [waits] = enterAll(1)
    assert.equal((await entered([waits!])).length, 0)
  })
})
