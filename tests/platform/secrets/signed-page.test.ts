import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { readSignedPage, signPage } from '../../../platform/secrets/signed-page.ts'

const KEY = onlyKey(Buffer.alloc(32, 7))
const EXPIRES = new Date('2026-12-01T09:00:00Z')
const BEFORE = new Date('2026-12-01T08:59:59Z')
const subject = { ticket: '1001', approval: 'b7', round: '1', approver: 'ida@example.com' }

describe('a signed page', () => {
  const token = signPage(KEY, 'approval', subject, EXPIRES)

  it('gives back what it is about and until when', () => {
    assert.deepEqual(readSignedPage(KEY, 'approval', token, BEFORE), {
      state: 'good',
      subject,
      expires: EXPIRES,
    })
  })

  it('is one word that stands in a path', () => assert.match(token, /^[\w-]+$/))

  it('is the same whatever the order of its subject', () => {
    assert.equal(
      signPage(KEY, 'approval', Object.fromEntries(Object.entries(subject).reverse()), EXPIRES),
      token,
    )
  })

  it('expires', () => {
    assert.equal(readSignedPage(KEY, 'approval', token, EXPIRES).state, 'expired')
  })

  it('is nothing under another key, to another purpose, or with one character changed, added or taken away', () => {
    assert.equal(
      readSignedPage(onlyKey(Buffer.alloc(32, 8)), 'approval', token, BEFORE).state,
      'forged',
    )
    assert.equal(readSignedPage(KEY, 'confirmation', token, BEFORE).state, 'forged')
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'A' ? 'B' : 'A'
      assert.equal(
        readSignedPage(KEY, 'approval', token.slice(0, i) + other + token.slice(i + 1), BEFORE)
          .state,
        'forged',
        `character ${i}`,
      )
    }
    for (const text of [
      '',
      '.',
      'a.b',
      `${token}.`,
      `${token}=`,
      `${token}A`,
      token.slice(0, -1),
      `${token}${token}`,
    ])
      assert.equal(readSignedPage(KEY, 'approval', text, BEFORE).state, 'forged', text)
  })
})
