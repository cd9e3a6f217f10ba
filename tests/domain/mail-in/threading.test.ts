import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseTicket, type ThreadingInput } from '../../../domain/mail-in/threading.ts'

const anna = 'anna@kunde.example'
const mail = (over: Partial<ThreadingInput> = {}): ThreadingInput => ({
  tokenTickets: [],
  references: [],
  subjectTicket: null,
  sender: anna,
  isAgent: false,
  participantsByTicket: { 1: [anna], 2: ['ben@kunde.example'], 3: ['Anna@Kunde.example'] },
  agreed: new Set([1, 2, 3]),
  senderAuthentication: 'none',
  ...over,
})
const known = (internetId: string, ...tickets: [number, boolean][]) => ({
  internetId,
  tickets: tickets.map(([ticketNumber, isMessage]) => ({ ticketNumber, isMessage })),
})

describe('which ticket a mail belongs to', () => {
  it('opens a new one where nothing is known', () => {
    assert.deepEqual(chooseTicket(mail()), { kind: 'open', why: 'nothing-known' })
    assert.deepEqual(chooseTicket(mail({ references: [known('x')] })), {
      kind: 'open',
      why: 'nothing-known',
    })
  })
  it('follows a signed reply address before everything else', () => {
    const verdict = chooseTicket(
      mail({ tokenTickets: [1], references: [known('x', [3, true])], subjectTicket: 3 }),
    )
    assert.deepEqual(verdict, {
      kind: 'join',
      ticketNumber: 1,
      via: 'reply-address',
      stranger: false,
    })
  })
  it('joins a stranger with a signed reply address, marked', () => {
    assert.deepEqual(chooseTicket(mail({ tokenTickets: [2] })), {
      kind: 'join',
      ticketNumber: 2,
      via: 'reply-address',
      stranger: true,
    })
    assert.deepEqual(chooseTicket(mail({ tokenTickets: [1], senderAuthentication: 'fail' })), {
      kind: 'join',
      ticketNumber: 1,
      via: 'reply-address',
      stranger: true,
    })
  })
  it('prefers, of several signed addresses, a ticket the sender takes part in', () => {
    assert.deepEqual(chooseTicket(mail({ tokenTickets: [2, 1] })), {
      kind: 'join',
      ticketNumber: 1,
      via: 'reply-address',
      stranger: false,
    })
  })
  it('follows the first id that a ticket of the sender knows', () => {
    assert.deepEqual(
      chooseTicket(
        mail({ references: [known('unknown'), known('b', [3, true]), known('a', [1, true])] }),
      ),
      { kind: 'join', ticketNumber: 3, via: 'reference', stranger: false },
    )
  })
  it('lets an agent join any ticket by its ids or its token', () => {
    assert.deepEqual(chooseTicket(mail({ isAgent: true, references: [known('x', [2, true])] })), {
      kind: 'join',
      ticketNumber: 2,
      via: 'reference',
      stranger: false,
    })
    assert.deepEqual(chooseTicket(mail({ isAgent: true, subjectTicket: 2 })), {
      kind: 'join',
      ticketNumber: 2,
      via: 'subject',
      stranger: false,
    })
  })
  it('opens a linked ticket for a stranger who quotes an id or a number', () => {
    assert.deepEqual(chooseTicket(mail({ references: [known('x', [2, true])] })), {
      kind: 'open',
      linkTo: 2,
      why: 'stranger',
    })
    assert.deepEqual(chooseTicket(mail({ subjectTicket: 2 })), {
      kind: 'open',
      linkTo: 2,
      why: 'stranger',
    })
    assert.deepEqual(chooseTicket(mail({ sender: null, subjectTicket: 1 })), {
      kind: 'open',
      linkTo: 1,
      why: 'stranger',
    })
  })
  it('opens a linked ticket for a participant whose name failed authentication', () => {
    assert.deepEqual(
      chooseTicket(mail({ senderAuthentication: 'fail', references: [known('x', [1, true])] })),
      { kind: 'open', linkTo: 1, why: 'unauthenticated' },
    )
    assert.deepEqual(
      chooseTicket(mail({ senderAuthentication: 'fail', isAgent: true, subjectTicket: 1 })),
      { kind: 'open', linkTo: 1, why: 'unauthenticated' },
    )
  })
  it('takes the subject token before giving up on a foreign reference', () => {
    assert.deepEqual(
      chooseTicket(mail({ references: [known('x', [2, true])], subjectTicket: 1 })),
      { kind: 'join', ticketNumber: 1, via: 'subject', stranger: false },
    )
  })
  it("prefers, of tickets that know one id, the sender's, then where it is a message", () => {
    assert.deepEqual(chooseTicket(mail({ references: [known('x', [2, true], [1, false])] })), {
      kind: 'join',
      ticketNumber: 1,
      via: 'reference',
      stranger: false,
    })
    assert.deepEqual(chooseTicket(mail({ references: [known('x', [1, false], [3, true])] })), {
      kind: 'join',
      ticketNumber: 3,
      via: 'reference',
      stranger: false,
    })
    assert.deepEqual(
      chooseTicket(
        mail({ sender: 'x@y.example', references: [known('x', [1, false], [2, true])] }),
      ),
      { kind: 'open', linkTo: 2, why: 'stranger' },
    )
  })
  it('does not let an empty sender match an empty participant', () => {
    assert.equal(
      chooseTicket(mail({ sender: '', subjectTicket: 1, participantsByTicket: { 1: [''] } })).kind,
      'open',
    )
  })
})
