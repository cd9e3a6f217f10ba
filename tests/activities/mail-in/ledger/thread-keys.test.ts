import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { threadKeys } from '../../../../activities/mail-in/ledger/thread-keys.ts'
import { rawMail } from '../../../integration/support/mails.ts'

const keys = (fields: Parameters<typeof rawMail>[0], content = 'c'): string[] =>
  threadKeys(Buffer.from(rawMail(fields)), content)

describe('keys of a thread', () => {
  it('are the mail’s own id and those that it answers, the nearest first', () => {
    const [root] = keys({ id: 'root@x.example' })
    const [own, ...answered] = keys({
      id: 'third@x.example',
      inReplyTo: 'second@x.example',
      references: ['root@x.example', 'second@x.example'],
    })
    assert.deepEqual(answered, [keys({ id: 'second@x.example' })[0], root])
    assert.notEqual(own, root)
  })

  it('are short, and do not depend on how the fields are folded', () => {
    const long = `${'x'.repeat(900)}@x.example`
    const raw = rawMail({ id: long, references: ['a@x.example', 'b@x.example'] })
    const unfolded = raw.replace(/\r\n /g, ' ')
    assert.deepEqual(threadKeys(Buffer.from(unfolded), 'c'), threadKeys(Buffer.from(raw), 'c'))
    assert.ok(threadKeys(Buffer.from(raw), 'c').every((key) => key.length === 16))
  })

  it('tell mails without an id apart', () => {
    assert.notDeepEqual(keys({ id: null }, 'one'), keys({ id: null }, 'other'))
    assert.equal(threadKeys(Buffer.alloc(0), 'empty').length, 1)
  })
})
