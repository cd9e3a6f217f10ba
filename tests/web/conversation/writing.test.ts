import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Message, MOST_RECIPIENTS } from '../../../domain/conversation/contract.ts'
import { avatarColour, initials } from '../../../web/src/components/avatar-styles.ts'
import { shortcuts } from '../../../web/src/keyboard/shortcuts.ts'
import { providerByHost, providers } from '../../../web/src/components/mail-providers.ts'
import { answerTo, bareAddress, withoutTag } from '../../../web/src/conversation/correspondents.ts'
import { linked } from '../../../web/src/components/text-links.ts'

const mail = (to: string[], cc: string[] = [], flags: string[] = []) =>
  ({
    direction: 'inbound',
    flags,
    to: to.map((address) => ({ address, name: '' })),
    cc: cc.map((address) => ({ address, name: '' })),
  }) as unknown as Message
const own = ['it@example.com', 'helpdesk@example.com']
const token = 'k7f3k7f3k7f3k7f3'

describe('whom an answer goes to', () => {
  it('the requester alone when nobody else was there', () =>
    assert.deepEqual(answerTo('anna@client.example', [mail(['it@example.com'])], own), {
      to: ['anna@client.example'],
      cc: [],
      leftOut: 0,
    }))
  it('everybody whom the last mail had in copy, never the desk, also under its reply address', () =>
    assert.deepEqual(
      answerTo(
        'anna@client.example',
        [
          mail(
            [`it+t1042.${token}@example.com`, 'Ben@client.example'],
            ['helpdesk@example.com', 'anna@client.example'],
          ),
        ],
        own,
      ),
      { to: ['anna@client.example'], cc: ['ben@client.example'], leftOut: 0 },
    ))
  it('nobody in copy where they are more than an answer takes, and how many those are', () => {
    const crowd = Array.from({ length: MOST_RECIPIENTS + 1 }, (_, i) => `a${i}@client.example`)
    assert.deepEqual(answerTo('anna@client.example', [mail(['it@example.com'], crowd)], own), {
      to: ['anna@client.example'],
      cc: [],
      leftOut: crowd.length,
    })
  })
  it('not to those whom a stranger named', () =>
    assert.deepEqual(
      answerTo(
        'anna@client.example',
        [mail(['it@example.com']), mail(['evil@else.example'], [], ['stranger'])],
        own,
      ).cc,
      [],
    ))
  it('shows addresses without reply tags', () =>
    assert.equal(withoutTag(`it+t7.${token}@example.com`), 'it@example.com'))
  it('takes the address out of Name <address>', () =>
    assert.equal(bareAddress('IT Support <it@example.com>'), 'it@example.com'))
})

describe('addresses in a plain text', () => {
  const links = (text: string) =>
    linked(text)
      .filter((piece) => piece.href)
      .map((piece) => piece.href)
  it('end before the punctuation of the sentence', () =>
    assert.deepEqual(links('See https://example.com/a_(b), or (https://example.com/c).'), [
      'https://example.com/a_(b)',
      'https://example.com/c',
    ]))
  it('may be of mail, or without a scheme', () =>
    assert.deepEqual(links('www.example.com and anna@example.com'), [
      'https://www.example.com',
      'mailto:anna@example.com',
    ]))
  it('are only of the web and of mail', () =>
    assert.deepEqual(links('javascript:alert(1) data:text/html,x file:///etc'), []))
  it('lose no letter of the text', () => {
    const text = 'a https://x.example/?q=1&b=2; b\n\nwww.y.example! "c@d.example"'
    assert.equal(
      linked(text)
        .map((piece) => piece.text)
        .join(''),
      text,
    )
  })
})

describe('people', () => {
  it('have initials in every script', () => {
    assert.equal(initials('Inès de la Fontaine', ''), 'IF')
    assert.equal(initials('李雷', ''), '李')
    assert.equal(initials('أحمد بن عبد', ''), 'أ')
    assert.equal(initials('', 'support@example.com'), 'S')
    assert.equal(initials('🔥 Team', ''), 'T')
  })
  it('have one colour each', () =>
    assert.equal(avatarColour('A@x.example'), avatarColour('a@x.example')))
})

describe('the table of shortcuts', () => {
  it('gives each key one meaning', () => {
    const keys = Object.values(shortcuts).flatMap((row) => row.keys as readonly string[])
    assert.equal(new Set(keys).size, keys.length)
  })
  it('has no key that is also the beginning of a sequence', () => {
    const keys = Object.values(shortcuts).flatMap((row) => row.keys as readonly string[])
    for (const sequence of keys.filter((one) => one.includes(' ')))
      assert.ok(!keys.includes(sequence.split(' ')[0] ?? ''), sequence)
  })
})

describe('the known providers', () => {
  it('are found again by their hosts', () => {
    for (const one of providers.filter(({ id }) => id !== 'other'))
      assert.equal(providerByHost(one.imap.host), one.id)
  })
  it('go with TLS from the first byte, or STARTTLS on the submission port', () => {
    for (const { imap, smtp } of providers)
      assert.deepEqual([imap.port, imap.secure, smtp.port, smtp.secure], [993, true, 587, false])
  })
})
