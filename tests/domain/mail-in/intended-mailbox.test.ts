import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type DeliveredMail,
  intendedMailbox,
  type KnownMailbox,
} from '../../../domain/mail-in/intended-mailbox.ts'

const mailboxes: KnownMailbox[] = [
  { id: 'it', address: 'it@company.example', aliases: ['helpdesk@company.example'] },
  { id: 'hr', address: 'hr@company.example', aliases: [] },
  { id: 'in', address: 'collector@company.example', aliases: [] },
  { id: 'fin', address: 'finance@company.example', aliases: [], fetched: false },
]
const to = (...addresses: string[]) => addresses.map((address) => ({ address, name: '' }))
const mail = (
  over: Partial<DeliveredMail> & { fields?: [string, string][] } = {},
): DeliveredMail => ({
  headers: (over.fields ?? []).map(([name, value]) => ({ name, value })),
  envelopeTo: [],
  to: [],
  cc: [],
  ...over,
})
const chosen = (m: DeliveredMail, arrivedIn: string) => intendedMailbox(m, mailboxes, arrivedIn)

describe('which of our mailboxes a mail was meant for', () => {
  it('is the one it arrived in when nothing says otherwise', () => {
    assert.deepEqual(chosen(mail({ to: to('undisclosed@x.example') }), 'hr'), {
      mailboxId: 'hr',
      via: 'arrival',
    })
  })
  it('is that of a reply address, wherever it stands', () => {
    assert.equal(
      chosen(
        mail({ to: to('hr@company.example', 'it+t1042.k7f3abcdmnopqrst@company.example') }),
        'in',
      ).mailboxId,
      'it',
    )
    assert.deepEqual(
      chosen(mail({ envelopeTo: ['IT+t1.k7f3abcdmnopqrst@company.example'] }), 'in'),
      { mailboxId: 'it', via: 'reply-address' },
    )
  })
  it('is the address that a forwarding rule was made for', () => {
    for (const field of [
      'x-forwarded-for',
      'x-forwarded-to',
      'delivered-to',
      'x-original-to',
      'envelope-to',
      'x-envelope-to',
    ]) {
      assert.deepEqual(
        chosen(
          mail({
            fields: [
              ['delivered-to', 'collector@company.example'],
              [field, 'IT@company.example'],
            ],
          }),
          'in',
        ),
        { mailboxId: 'it', via: field },
      )
    }
    assert.equal(
      chosen(
        mail({ fields: [['x-forwarded-for', 'it@company.example collector@company.example']] }),
        'in',
      ).mailboxId,
      'it',
    )
  })
  it('is the address it was written to, in a mailbox that only collects', () => {
    assert.deepEqual(
      chosen(mail({ to: to('anna@x.example'), cc: to('HelpDesk+vpn@company.example') }), 'in'),
      { mailboxId: 'it', via: 'to' },
    )
    assert.deepEqual(
      chosen(
        mail({
          fields: [['delivered-to', 'collector@company.example']],
          to: to('finance@company.example'),
        }),
        'in',
      ),
      { mailboxId: 'fin', via: 'to' },
    )
  })
  it('is, of several that were written to, the one it arrived in, else the first', () => {
    assert.equal(
      chosen(mail({ to: to('it@company.example'), cc: to('hr@company.example') }), 'hr').mailboxId,
      'hr',
    )
    assert.equal(
      chosen(mail({ to: to('it@company.example'), cc: to('hr@company.example') }), 'in').mailboxId,
      'it',
    )
  })
  it('is the one it arrived in for a blind copy', () => {
    assert.equal(
      chosen(
        mail({ fields: [['delivered-to', 'hr@company.example']], to: to('it@company.example') }),
        'hr',
      ).mailboxId,
      'hr',
    )
  })
  it('is the one a person resent it to', () => {
    assert.equal(
      chosen(
        mail({
          fields: [
            ['delivered-to', 'it@company.example'],
            ['resent-to', 'it@company.example'],
            ['delivered-to', 'hr@company.example'],
          ],
          to: to('hr@company.example'),
        }),
        'it',
      ).mailboxId,
      'it',
    )
  })
  it('is the list it came over', () => {
    assert.deepEqual(
      chosen(mail({ fields: [['list-post', '<mailto:it@company.example>']] }), 'in'),
      { mailboxId: 'it', via: 'list-post' },
    )
    assert.deepEqual(
      chosen(mail({ fields: [['list-id', 'Help <helpdesk.company.example>']] }), 'in'),
      { mailboxId: 'it', via: 'list-id' },
    )
  })
  it('is what our own receiver was told in RCPT TO', () => {
    assert.deepEqual(
      chosen(mail({ envelopeTo: ['it@company.example'], to: to('someone@x.example') }), 'in'),
      { mailboxId: 'it', via: 'envelope' },
    )
  })
})
