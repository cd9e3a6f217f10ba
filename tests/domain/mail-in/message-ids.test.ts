import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answeredIds, messageId, messageIds } from '../../../domain/mail-in/message-ids.ts'

describe('message ids', () => {
  it('reads several ids, folded or not, without duplicates', () => {
    assert.deepEqual(messageIds('<a@x>\r\n\t<b@x> <a@x>'), ['a@x', 'b@x'])
  })
  it('reads ids that stand without a space or with commas between', () => {
    assert.deepEqual(messageIds('<a@x><b@x>,<c@x>'), ['a@x', 'b@x', 'c@x'])
  })
  it('passes over comments and phrases around ids', () => {
    assert.deepEqual(messageIds('Message from bob@example.com of "Mon" <a@x> (Anna\'s message)'), [
      'a@x',
    ])
  })
  it('mends an id broken by folding', () => {
    assert.deepEqual(messageIds('<long-part\r\n -of-it@x>'), ['long-part-of-it@x'])
  })
  it('takes ids without brackets when there is none with', () => {
    assert.deepEqual(messageIds('abc@x def@y'), ['abc@x', 'def@y'])
    assert.deepEqual(messageIds('abc123456'), ['abc123456'])
    assert.deepEqual(messageIds('your mail of yesterday'), [])
    assert.deepEqual(messageIds('a@x>'), ['a@x'])
  })
  it('finds nothing in an empty field: an empty id never matches', () => {
    for (const value of ['', '<>', '< >', '<@>', '   ']) assert.equal(messageId(value), null, value)
  })
  it('keeps the case and the strange characters of an id', () => {
    assert.equal(messageId('<CAF+x=Y$1/2@Mail.Example>'), 'CAF+x=Y$1/2@Mail.Example')
  })
  it('keeps the root and the newest of a forged thousand', () => {
    const ids = messageIds(Array.from({ length: 5000 }, (_, i) => `<${i}@x>`).join(' '))
    assert.equal(ids.length, 200)
    assert.equal(ids[0], '0@x')
    assert.equal(ids.at(-1), '4999@x')
  })
  it('believes In-Reply-To first, then References from the newest', () => {
    assert.deepEqual(answeredIds({ inReplyTo: ['c'], references: ['a', 'b', 'c'] }), [
      'c',
      'b',
      'a',
    ])
  })
})
