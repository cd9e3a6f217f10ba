import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decideMail } from '../../../../domain/mail-in/routing/decision.ts'
import { remember } from '../../../../domain/mail-in/routing/remember.ts'
import { REOPEN_DAYS } from '../../../../domain/tickets/lifecycle.ts'
import {
  ANNA,
  annasTicket,
  book,
  candidate,
  closedBefore,
  decided,
  EVE,
  facts,
  NOW,
  SAM,
} from './given.ts'

const answer = { inReplyTo: ['root@client.example'] }
const eve = { address: EVE, name: 'Eve' }
const machine = { automatic: { automatic: true, mayAnswer: false, reason: 'auto-submitted' } }

describe('routing of a mail: where it goes', () => {
  it('opens a ticket in the department that it was written to', () => {
    const { mailbox, opening, link } = decided('open', facts(), candidate())
    assert.equal(mailbox.departmentName, 'IT')
    assert.deepEqual(opening.requester, { email: ANNA, name: 'Anna Weber' })
    assert.equal(link, null)
  })

  it('joins the ticket of the mail that it answers', () => {
    const { ticketNumber, via, stranger } = decided('join', annasTicket(), candidate(answer))
    assert.deepEqual([ticketNumber, via, stranger], [1001, 'reference', false])
  })

  it('joins by a signed reply address, a stranger marked as one and not let in', () => {
    const { stranger, flags, people } = decided(
      'join',
      annasTicket(),
      candidate({ from: eve }, { tokenTickets: [1001] }),
    )
    assert.deepEqual([stranger, flags, people], [true, ['stranger'], []])
  })

  it('opens a linked ticket for a stranger who refers to one', () => {
    const { link, acknowledgement } = decided(
      'open',
      annasTicket(),
      candidate({ ...answer, from: eve }),
    )
    assert.deepEqual(link, { number: 1001, kind: 'suspectedReplyTo', subject: 'Printer' })
    assert.equal(acknowledgement, null)
  })

  it('goes on in the ticket that its ticket was merged into', () => {
    const merged = annasTicket({}, { mergeTargets: new Map([[1001, 1002]]) })
    merged.participants.set(1002, new Set([ANNA]))
    assert.equal(decided('join', merged, candidate(answer)).ticketNumber, 1002)
  })

  it(`reopens within ${REOPEN_DAYS} days after closing, later it follows up`, () => {
    const soon = annasTicket(closedBefore(REOPEN_DAYS - 1))
    assert.equal(decided('join', soon, candidate(answer)).ticketNumber, 1001)
    const late = annasTicket(closedBefore(REOPEN_DAYS + 1))
    assert.deepEqual(decided('open', late, candidate(answer)).link, {
      number: 1001,
      kind: 'followUpOf',
      subject: 'Printer',
    })
  })

  it('keeps a late machine’s answer and late thanks where they belong', () => {
    const late = annasTicket(closedBefore(REOPEN_DAYS + 1))
    decided('join', late, candidate({ ...answer, ...machine }))
    const thanks = candidate({ ...answer, text: 'Thank you!', textVisible: 'Thank you!' })
    assert.equal(decided('join', late, thanks).message.thanks, true)
  })

  it('is a duplicate where the same mail came to the same mailbox before', () => {
    const before = { contentKey: 'key-1', mailboxId: 'box-it', ticketNumber: 7, departmentId: 'it' }
    const given = facts({ duplicates: new Map([['key-1', [before]]]) })
    assert.equal(decided('duplicate', given, candidate()).ticketNumber, 7)
  })

  it('ignores our own mail that comes back', () => {
    const outbound = { internetId: 'ours@desk.test', messageId: 'm', ticketNumber: 5 }
    const given = facts({ outbound: new Map([['ours@desk.test', outbound]]) })
    assert.deepEqual(decided('ignored', given, candidate({ internetId: 'ours@desk.test' })), {
      kind: 'ignored',
      rule: 'own-mail',
    })
  })
})

describe('routing of a mail: delivery reports', () => {
  const bounced = (action: 'failed' | 'delayed' | 'delivered') =>
    candidate({
      report: {
        originalInternetId: 'ours@desk.test',
        recipients: [{ address: ANNA, action, status: '5.1.1', diagnostic: 'unknown user' }],
      },
    })
  const outbound = { internetId: 'ours@desk.test', messageId: 'm-1', ticketNumber: 1001 }
  const sent = facts({ outbound: new Map([[outbound.internetId, outbound]]) })

  it('tells the ticket of the message that failed or is delayed', () => {
    assert.deepEqual(decided('report', sent, bounced('failed')).payload, {
      messageId: 'm-1',
      recipient: ANNA,
      action: 'failed',
      status: '5.1.1',
      detail: 'unknown user',
    })
    assert.equal(decided('report', sent, bounced('delayed')).payload.action, 'delayed')
  })

  it('goes by the signed address where the report names no message', () => {
    const given = facts({ reported: new Map([['mail-1', outbound]]) })
    assert.equal(decided('report', given, bounced('failed')).ticketNumber, 1001)
  })

  it('ignores one of success, and one of a mail that is not ours', () => {
    assert.equal(decided('ignored', sent, bounced('delivered')).rule, 'report-success')
    assert.equal(decided('ignored', facts(), bounced('failed')).rule, 'report-unknown')
  })
})

describe('routing of a mail: who wrote it', () => {
  it('makes the original sender the requester when an agent forwards by hand', () => {
    const forwarded = { from: { address: ANNA, name: 'Anna' }, subject: 'Printer', date: null }
    const when = candidate({
      from: { address: SAM, name: 'Sam' },
      subject: 'Fwd: Printer',
      forwarded,
    })
    const { opening, actor, flags, acknowledgement } = decided('open', facts(), when)
    assert.deepEqual(
      [opening.requester.email, opening.subject, actor.kind, flags, acknowledgement],
      [ANNA, 'Printer', 'correspondent', ['forwarded'], null],
    )
  })

  it('opens without a subject when nobody would see the one it has', () => {
    const { opening } = decided('open', facts(), candidate({ subject: '\u200b \u200d' }))
    assert.equal(opening.subject, '')
  })

  it('does not when anybody else forwards', () => {
    const forwarded = {
      from: { address: 'x@elsewhere.example', name: '' },
      subject: null,
      date: null,
    }
    assert.equal(decided('open', facts(), candidate({ forwarded })).opening.requester.email, ANNA)
  })

  it('lets in who was written to, never ourselves', () => {
    const cc = [
      { address: 'bo@client.example', name: '' },
      { address: 'hr@desk.test', name: '' },
    ]
    assert.deepEqual(decided('open', facts(), candidate({ cc })).people, [
      ANNA,
      'bo@client.example',
    ])
  })
})

describe('routing of a mail: the acknowledgement', () => {
  const acknowledged = (given = facts(), when = candidate()): boolean =>
    decided('open', given, when).acknowledgement !== null

  it('is for a person, in their language', () => {
    const when = candidate({ headers: [{ name: 'content-language', value: 'fr-CH' }] })
    assert.deepEqual(decided('open', facts(), when).acknowledgement, {
      to: { address: ANNA, name: 'Anna Weber' },
      language: 'fr',
    })
  })

  it('is for no machine, no null return path and no failed authentication', () => {
    const reject = [
      { name: 'authentication-results', value: `mx; dmarc=fail header.from=client.example` },
    ]
    assert.equal(acknowledged(facts(), candidate(machine)), false)
    assert.equal(acknowledged(facts(), candidate({}, { source: 'smtp', envelopeFrom: '' })), false)
    assert.equal(acknowledged(facts(), candidate({ headers: reject })), false)
  })

  it('is for nobody in a department that does not want it', () =>
    assert.equal(
      acknowledged(facts(), candidate({ to: [{ address: 'hr@desk.test', name: '' }] })),
      false,
    ))

  it('is for none of our own addresses', () =>
    assert.equal(
      acknowledged(facts(), candidate({ from: { address: 'helpdesk@desk.test', name: '' } })),
      false,
    ))

  const limits = [
    ['three in an hour', { hour: 3, day: 3 }, 0],
    ['ten in a day', { hour: 0, day: 10 }, 0],
    ['two hundred to everybody in ten minutes', { hour: 0, day: 0 }, 200],
  ] as const
  for (const [words, counted, automaticToAll] of limits)
    it(`ends after ${words}`, () => {
      const before = {
        hour: Math.max(0, counted.hour - 1),
        day: Math.max(0, counted.day - 1),
      }
      assert.equal(
        acknowledged(facts({ automaticTo: new Map([[ANNA, counted]]), automaticToAll })),
        false,
      )
      assert.equal(
        acknowledged(
          facts({
            automaticTo: new Map([[ANNA, before]]),
            automaticToAll: Math.max(0, automaticToAll - 1),
          }),
        ),
        true,
      )
    })
})

describe('routing of a batch', () => {
  it('knows of each mail what the ones before it came to', () => {
    const known = facts()
    const first = candidate()
    remember(known, first, decideMail(first, known, book, NOW), 1001)
    const second = candidate(
      { internetId: 'second@client.example', inReplyTo: ['new@client.example'] },
      { contentKey: 'key-2' },
    )
    assert.equal(decided('join', known, second).ticketNumber, 1001)
    assert.equal(decided('duplicate', known, first).ticketNumber, 1001)
    assert.deepEqual([known.automaticTo.get(ANNA), known.automaticToAll], [{ hour: 1, day: 1 }, 1])
  })
})
