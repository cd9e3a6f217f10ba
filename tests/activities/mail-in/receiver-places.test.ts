import assert from 'node:assert/strict'
import { beforeEach, describe, it, mock } from 'node:test'
import { networkOf, ReceiverPlaces } from '../../../activities/mail-in/receiver-places.ts'

describe('who may be connected to the SMTP receiver', () => {
  let places: ReceiverPlaces
  let ended: string[]
  beforeEach((t) => {
    mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 10, 29) })
    if ('after' in t) t.after(() => mock.timers.reset())
    places = new ReceiverPlaces()
    ended = []
  })

  const enter = (id: string, address: string): boolean =>
    places.enter(id, address, () => ended.push(id))
  /** @returns how many of them got a place. */
  const enterAll = (name: string, count: number, address: string): number =>
    Array.from({ length: count }, (_, i) => enter(`${name}${i}`, address)).filter(Boolean).length

  it('leaves room to others, however many come from one address', () => {
    assert.equal(enterAll('flood', 600, '192.0.2.1'), 150)
    assert.equal(enterAll('other', 600, '192.0.2.2'), 50)
    assert.equal(places.size, 200)
    assert.deepEqual(ended, [], 'nobody had time to say anything')
  })

  it('ends the one that has said nothing for longest for one that comes', () => {
    assert.equal(enter('first', '192.0.2.1'), true)
    mock.timers.tick(10)
    enterAll('flood', 149, '192.0.2.1')
    mock.timers.tick(2_000)
    assert.equal(enter('late', '192.0.2.1'), true)
    assert.deepEqual(ended, ['first'])
    assert.equal(places.size, 150)
  })

  it('takes the place from the network that has most who say nothing', () => {
    enter('lonely', '198.51.100.1')
    mock.timers.tick(10)
    enterAll('few', 49, '198.51.100.2')
    enterAll('flood', 150, '192.0.2.1')
    mock.timers.tick(2_000)
    assert.equal(enter('late', '203.0.113.1'), true)
    assert.deepEqual(ended, ['flood0'])
  })

  it('counts an IPv6 network of one customer as one', () => {
    for (const [address, network] of [
      ['2001:db8:0:7::1', '2001:db8:0:7'],
      ['2001:DB8:0:7:ffff::9', '2001:db8:0:7'],
      ['2001:db8::1', '2001:db8:0:0'],
      ['::1', '0:0:0:0'],
      ['fe80::1%eth0', 'fe80:0:0:0'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['192.0.2.1', '192.0.2.1'],
    ] as const)
      assert.equal(networkOf(address), network)
  })

  it('never ends one that waits for an answer, and one within a mail only after long silence', () => {
    enterAll('flood', 150, '192.0.2.1')
    for (let i = 0; i < 150; i++) places.owes(`flood${i}`)
    mock.timers.tick(60_000)
    assert.equal(enter('late', '192.0.2.1'), false)
    for (let i = 0; i < 150; i++) places.awaits(`flood${i}`, true)
    mock.timers.tick(19_000)
    assert.equal(enter('late', '192.0.2.1'), false)
    mock.timers.tick(1_000)
    assert.equal(enter('late', '192.0.2.1'), true)
    assert.deepEqual(ended, ['flood0'])
    // One whose mail is at its end is idle again.
    places.awaits('flood7', false)
    mock.timers.tick(2_000)
    assert.equal(enter('later', '192.0.2.1'), true)
    assert.deepEqual(ended, ['flood0', 'flood7'])
  })

  it('gives the place of one that left to the next', () => {
    enterAll('flood', 150, '192.0.2.1')
    assert.equal(enter('late', '192.0.2.1'), false)
    places.leave('flood3')
    assert.equal(enter('late', '192.0.2.1'), true)
  })
})
