import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { replyToken, verifyReplyToken } from '../../../application/mail-out/reply-token.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { composeReplyAddress, readReplyAddress } from '../../../domain/mail-in/reply-address.ts'

const SECRET = onlyKey(Buffer.from('secret'))

describe('a reply address', () => {
  const token = replyToken(SECRET, 1042)

  it('is the mailbox with ticket and token in its tag, and can be read back', () => {
    const address = composeReplyAddress('IT@Company.example', 1042, token)
    assert.equal(address, `it+t1042.${token}@company.example`)
    assert.deepEqual(readReplyAddress(address ?? ''), {
      mailbox: 'it@company.example',
      ticketNumber: 1042,
      token,
    })
  })
  it('survives a system that changes the case', () => {
    assert.equal(readReplyAddress(`IT+T1042.${token.toUpperCase()}@COMPANY.EXAMPLE`)?.token, token)
  })
  it('keeps the tag that the mailbox itself has', () => {
    const address = composeReplyAddress('support+it@x.example', 7, token) ?? ''
    assert.equal(address, `support+it.t7.${token}@x.example`)
    assert.equal(readReplyAddress(address)?.mailbox, 'support+it@x.example')
  })
  it('is not made where the local part would exceed 64 octets', () => {
    assert.equal(composeReplyAddress(`${'a'.repeat(50)}@x.example`, 1042, token), null)
    assert.equal(composeReplyAddress(`${'ü'.repeat(25)}@x.example`, 1042, token), null)
    assert.ok(composeReplyAddress(`${'a'.repeat(64 - 1 - 6 - 16)}@x.example`, 1042, token))
  })
  it('is not seen in other tags', () => {
    for (const address of [
      'it@x',
      'it+vpn@x',
      'it+t1042@x',
      'it+t1042.short@x',
      'it+t0.abcdefghijklmnop@x',
      't1042.abcdefghijklmnop@x',
    ])
      assert.equal(readReplyAddress(address), null, address)
  })
})

describe('a reply token', () => {
  it('has 80 bits in base 32 and belongs to one ticket and one key', () => {
    assert.match(replyToken(SECRET, 1), /^[a-z2-7]{16}$/)
    assert.notEqual(replyToken(SECRET, 1), replyToken(SECRET, 2))
    assert.notEqual(replyToken(SECRET, 1), replyToken(onlyKey(Buffer.from('other')), 1))
    assert.equal(replyToken(SECRET, 1), replyToken(SECRET, 1))
  })
  it('is verified whatever its case, and refused when one letter differs', () => {
    const token = replyToken(SECRET, 1042)
    assert.ok(verifyReplyToken(SECRET, 1042, token.toUpperCase()))
    assert.ok(!verifyReplyToken(SECRET, 1043, token))
    assert.ok(!verifyReplyToken(SECRET, 1042, (token.startsWith('a') ? 'b' : 'a') + token.slice(1)))
    assert.ok(!verifyReplyToken(SECRET, 1042, ''))
    assert.ok(!verifyReplyToken(SECRET, 1042, `${token}a`))
  })
})
