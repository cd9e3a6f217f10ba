import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentKey } from '../../../activities/mail-in/ledger/content-key.ts'

const mail = (head: string, body = 'Hello\r\nworld\r\n') => Buffer.from(`${head}\r\n\r\n${body}`)
const head =
  'From: a@x\r\nTo: it@y\r\nSubject: One\r\n two\r\nMessage-ID: <1@x>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100'

describe('the content key', () => {
  it('is the same for a mail fetched twice, over whatever way', () => {
    const key = contentKey(mail(head))
    assert.match(key, /^[0-9a-f]{64}$/)
    assert.equal(
      contentKey(mail(`Received: from a by b\r\nDelivered-To: it@y\r\nX-Spam: no\r\n${head}`)),
      key,
    )
    assert.equal(contentKey(mail(head.replace('One\r\n two', 'One two'))), key)
    assert.equal(contentKey(Buffer.from(mail(head).toString().replaceAll('\r\n', '\n'))), key)
    assert.equal(contentKey(mail(head, 'Hello\r\nworld\r\n\r\n\r\n')), key)
    assert.equal(contentKey(mail(head.replace('Subject', 'SUBJECT'))), key)
  })
  it('differs for different mails, also under one Message-ID', () => {
    const key = contentKey(mail(head))
    assert.notEqual(contentKey(mail(head, 'Hello\r\nother\r\n')), key)
    assert.notEqual(contentKey(mail(head.replace('One', 'Two'))), key)
    assert.notEqual(contentKey(mail(head.replace('10:00:00', '10:00:01'))), key)
    assert.notEqual(contentKey(mail(head, 'Helloworld\r\n')), key)
  })
  it('exists for a mail without Message-ID, without header, without anything', () => {
    assert.notEqual(contentKey(mail('From: a@x')), contentKey(mail('From: b@x')))
    assert.notEqual(contentKey(Buffer.from('text')), contentKey(Buffer.from('other')))
    assert.match(contentKey(new Uint8Array()), /^[0-9a-f]{64}$/)
  })
})
