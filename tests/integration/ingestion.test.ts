import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Audit } from './support/audit.ts'
import { Desk } from './support/desk.ts'
import { freshId, rawMail } from './support/mails.ts'

/** The mail server does what mail servers do; the whole of Guichet goes on. */
describe('a mailbox over weeks', { skip: withoutDovecot }, () => {
  let desk: Desk
  let audit: Audit

  before(async () => {
    desk = await Desk.open()
    audit = Audit.open(desk.guichet.databaseUrl)
  })
  after(async () => {
    await audit?.close()
    await desk?.close()
  })

  const deliver = (subject: string): void =>
    desk.deliver(rawMail({ subject, id: freshId(), from: 'anna@client.example' }))
  const settled = () =>
    eventually('every mail has its end', async () => (await audit.ends())['waiting'] === undefined)

  // How soon is the bench's to measure; a mailbox that is only polled would not get through here.
  it('shows each mail as a ticket when it is delivered, one after another', async (t) => {
    const took: number[] = []
    for (let i = 0; i < 8; i++) {
      const begun = Date.now()
      deliver(`Quick ${i}`)
      await desk.ticketAbout(`Quick ${i}`)
      took.push(Date.now() - begun)
    }
    took.sort((a, b) => a - b)
    t.diagnostic(
      `delivery to visible: median ${took[4]} ms, worst ${took.at(-1)} ms, of it up to 500 ms Dovecot's own`,
    )
  })

  it('goes on by itself when the mail server was restarted, with what came meanwhile', async (t) => {
    await desk.dovecot.kill()
    deliver('While the server was down')
    await eventually('the mailbox says so', async () =>
      (await desk.mailboxes()).some(
        (m) => m.status !== 'watching' && /connection|answers/i.test(m.lastError ?? ''),
      ),
    )
    await desk.dovecot.start()
    const begun = Date.now()
    await desk.ticketAbout('While the server was down')
    t.diagnostic(`a ticket ${Date.now() - begun} ms after the server was back`)
    assert.equal((await desk.watched()).lastError, null)
  })

  it('makes no second ticket of any mail when the UIDs begin anew', async () => {
    await settled()
    const before = (await desk.tickets()).length
    await desk.dovecot.changeUidValidity('it')
    deliver('After the change')
    await desk.ticketAbout('After the change')
    await settled()
    assert.equal((await desk.tickets()).length, before + 1)
  })

  it('stops at once and takes up at once: what came while everything was down', async (t) => {
    const begun = Date.now()
    await desk.guichet.stopProcesses()
    const stopped = Date.now() - begun
    t.diagnostic(`stopped in ${stopped} ms`)
    for (let i = 0; i < 20; i++) deliver(`Down ${i}`)
    await desk.guichet.startAll()
    const up = Date.now()
    await desk.ticketAbout('Down 19')
    t.diagnostic(`20 mails visible ${Date.now() - up} ms after the start`)
    await settled()
  })

  it('moves imported mail when the settings change to that', async () => {
    await desk.admin.patch<Mailbox>(`/mailboxes/${desk.mailbox!.id}`, {
      imap: { afterImport: 'move:Archive' },
    })
    deliver('To be moved')
    await desk.ticketAbout('To be moved')
    await eventually('it is in the other folder', () =>
      desk.dovecot.mails('it', 'Archive').some((m) => m.raw.includes('To be moved')),
    )
    assert.ok(desk.dovecot.mails('it').length > 10, 'mail imported before stays where it is')
    assert.deepEqual(
      desk.dovecot.mails('it').filter((m) => m.flags !== ''),
      [],
      'and nothing was ever marked as seen',
    )
  })

  it('leaves every history sound', () => audit.assertSound())
})
