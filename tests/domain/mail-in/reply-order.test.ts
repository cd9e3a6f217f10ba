import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { inReplyOrder, type Threaded } from '../../../domain/mail-in/reply-order.ts'

const mail = (internetId: string, ...answered: string[]): Threaded => ({ internetId, answered })
const ordered = (...received: Threaded[]): (string | null)[] =>
  inReplyOrder(received, (item) => item).map(({ internetId }) => internetId)

describe('the order of messages in a thread', () => {
  it('is that in which they were received', () => {
    assert.deepEqual(ordered(mail('a'), mail('c', 'a'), mail('b', 'a'), mail('other')), [
      'a',
      'c',
      'b',
      'other',
    ])
  })

  it('puts a question that its answer has overtaken just before that answer', () => {
    assert.deepEqual(ordered(mail('other'), mail('answer', 'root'), mail('x'), mail('root')), [
      'other',
      'root',
      'answer',
      'x',
    ])
  })

  it('puts a chain that came in reverse the right way round, the root first', () => {
    assert.deepEqual(ordered(mail('c', 'b', 'a'), mail('b', 'a'), mail('a')), ['a', 'b', 'c'])
    assert.deepEqual(ordered(mail('c', 'b'), mail('b', 'a'), mail('a')), ['a', 'b', 'c'])
  })

  it('takes the first of two under one Message-ID, and mails without one as they come', () => {
    const none = { internetId: null, answered: ['a'] }
    assert.deepEqual(
      inReplyOrder([none, mail('a'), none], (item) => item),
      [mail('a'), none, none],
    )
    assert.deepEqual(ordered(mail('a'), mail('b', 'a'), mail('a', 'b')), ['a', 'b', 'a'])
  })

  it('holds whatever comes, also circles: each once, and no answer before its question', () => {
    const ids = fc.integer({ min: 0, max: 9 }).map(String)
    const any = fc.array(
      fc.record({
        internetId: fc.option(ids, { nil: null }),
        answered: fc.array(ids, { maxLength: 4 }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(any, (received) => {
        const after = inReplyOrder(received, (item) => item)
        assert.deepEqual(new Set(after), new Set(received))
        assert.equal(after.length, received.length)
      }),
    )
    // Without circles: each answers only what was written before it.
    const written = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(written, fc.infiniteStream(fc.nat()), (parents, keys) => {
        const thread = parents.map((chosen, i) =>
          mail(`m${i}`, ...(i === 0 ? [] : [...new Set(chosen.map((n) => `m${n % i}`))])),
        )
        const received = thread
          .map((item) => ({ item, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item)
        const place = new Map(ordered(...received).map((id, i) => [id, i]))
        for (const { internetId, answered } of thread)
          for (const id of answered) assert.ok(place.get(id)! < place.get(internetId)!)
      }),
    )
  })

  it('bears a thread of thousands that came in reverse', () => {
    const count = 20_000
    const received = Array.from({ length: count }, (_, i) =>
      mail(`m${count - i}`, `m${count - i - 1}`),
    )
    assert.equal(ordered(...received)[0], 'm1')
  })
})
