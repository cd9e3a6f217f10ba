import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import type { ParsedMail } from 'mailparser'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Desk, OFFICIAL } from './support/desk.ts'
import { freshId, rawMail } from './support/mails.ts'

/** Mail from strangers, from machines, and mail that breaks something. */
describe('mail that is not simply a request', { skip: withoutDovecot }, () => {
  let desk: Desk
  let ticket: TicketDetail
  let sent: ParsedMail
  const rootId = freshId()

  before(async () => {
    desk = await Desk.open({ acknowledge: true })
    desk.deliver(
      rawMail({ subject: 'Salary sheet', id: rootId, text: 'The secret figure is 4711.\n' }),
    )
    ticket = await desk.ticketAbout('Salary sheet')
    sent = (await desk.reply(ticket.number, { text: 'Noted.' })).parsed
  })
  after(() => desk?.close())

  const mallory = (l: Parameters<typeof rawMail>[0]): string =>
    rawMail({ from: 'Mallory <mallory@evil.example>', ...l })

  const forgeries: Record<string, () => Parameters<typeof rawMail>[0]> = {
    'references that they overheard': () => ({
      inReplyTo: sent.messageId!.slice(1, -1),
      references: [rootId, sent.messageId!.slice(1, -1)],
    }),
    'the number in the subject': () => ({ subject: `Re: [#${ticket.number}] Salary sheet` }),
    'a reply address with a forged token': () => ({
      to: `it+t${ticket.number}.aaaaaaaaaaaaaaaa@desk.test`,
      inReplyTo: rootId,
    }),
  }
  for (const [name, forge] of Object.entries(forgeries)) {
    it(`opens a linked ticket for a stranger with ${name}, and tells them nothing`, async () => {
      const before = {
        messages: (await desk.messages(ticket.number)).length,
        mails: desk.peer.mails.length,
      }
      const words = `I would like to know, by ${name}.`
      desk.deliver(mallory({ subject: 'Re: Salary sheet', text: `${words}\n`, ...forge() }))
      const opened = await eventually('a ticket of the stranger', async () =>
        (await desk.tickets('&requester=mallory@evil.example')).find((t) =>
          t.preview.includes(words),
        ),
      )
      assert.notEqual(opened.number, ticket.number)
      const { links } = await desk.ticket(opened.number)
      assert.deepEqual(
        links.map((l) => [l.number, l.kind]),
        [[ticket.number, 'suspectedReplyTo']],
      )
      assert.equal(
        (await desk.messages(ticket.number)).length,
        before.messages,
        'the ticket they named is untouched',
      )
      const told = desk.peer.mails
        .slice(before.mails)
        .filter((m) => m.to.includes('mallory@evil.example'))
      assert.equal(told.length, 0, 'a suspected reply is not confirmed')
      const { mail } = await desk.reply(opened.number, { text: 'Who are you?' })
      assert.equal(
        /4711|Noted/.test(mail.raw.toString()),
        false,
        'an answer quotes nothing of the other ticket',
      )
    })
  }

  const machines: Record<string, string[]> = {
    'an out-of-office notice': ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'],
    'a newsletter': [
      'List-Id: News <news.shop.example>',
      'Precedence: bulk',
      'List-Unsubscribe: <mailto:off@shop.example>',
    ],
    'a mail with a null return path': ['Return-Path: <>'],
  }
  for (const [name, headers] of Object.entries(machines)) {
    it(`never answers ${name}`, async () => {
      const address = `${name.replaceAll(' ', '.')}@machine.example`
      desk.deliver(rawMail({ subject: `From a machine: ${name}`, from: address, headers }))
      await desk.ticketAbout(`From a machine: ${name}`)
      // A request behind it is confirmed: what was to be confirmed before it has been by then.
      desk.deliver(rawMail({ subject: `After ${name}`, from: `after.${address}` }))
      await desk.peer.waitFor((m) => m.to.includes(`after.${address}`))
      assert.equal(
        desk.peer.mails.some((m) => m.to.includes(address)),
        false,
      )
    })
  }

  it('does not wake a solved ticket for an out-of-office notice', async () => {
    await desk.admin.patch(`/tickets/${ticket.number}`, { status: 'solved' })
    desk.deliver(
      rawMail({
        subject: `Automatic reply: ${sent.subject}`,
        to: sent.replyTo!.text,
        inReplyTo: sent.messageId!.slice(1, -1),
        headers: ['Auto-Submitted: auto-replied'],
        text: 'I am away.\n',
      }),
    )
    const message = await desk.message(ticket.number, 'the notice', (m) =>
      m.text.includes('I am away.'),
    )
    assert.equal(message.automatic, true)
    assert.equal((await desk.ticket(ticket.number)).status, 'solved')
  })

  it('stops confirming when one address writes too often', async () => {
    for (let i = 1; i <= 6; i++)
      desk.deliver(rawMail({ subject: `Loop ${i}`, from: 'loop@client.example' }))
    await Promise.all([1, 2, 3, 4, 5, 6].map((i) => desk.ticketAbout(`Loop ${i}`)))
    desk.deliver(rawMail({ subject: 'After the loop', from: 'calm@client.example' }))
    await desk.peer.waitFor((m) => m.to.includes('calm@client.example'))
    const confirmed = desk.peer.mails.filter((m) => m.to.includes('loop@client.example')).length
    assert.ok(confirmed >= 1 && confirmed < 6, `${confirmed} of 6 were confirmed`)
  })

  it('ties a bounce (RFC 3464) to the message that bounced and makes no ticket of it', async () => {
    const { message, parsed } = await desk.reply(ticket.number, {
      text: 'Is this address right?',
      to: ['gone@client.example'],
    })
    await desk.message(
      ticket.number,
      'the answer sent',
      (m) => m.id === message.id && m.state === 'sent',
    )
    const before = (await desk.tickets()).length
    desk.deliver(bounce(parsed, 'gone@client.example'))
    const bounced = await desk.message(
      ticket.number,
      'the bounce',
      (m) => m.id === message.id && m.state === 'bounced',
    )
    assert.match(bounced.stateDetail ?? '', /5\.1\.1|unknown/i)
    assert.equal((await desk.ticket(ticket.number)).deliveryTrouble, true)
    assert.equal((await desk.tickets()).length, before)
    assert.ok((await desk.events(ticket.number)).some((e) => e.type === 'messageBounced'))
  })

  it('quarantines a mail that cannot be taken in, goes on, and takes it when told to try again', async (t) => {
    // A fault of ours that one mail meets and no other: the database refuses its row.
    const db = new pg.Client({ connectionString: desk.guichet.databaseUrl })
    t.after(() => db.end())
    await db.connect()
    await db.query(`ALTER TABLE message ADD CONSTRAINT poison CHECK (subject <> 'Poison')`)
    desk.deliver(
      rawMail({ subject: 'Poison', from: 'Pia <pia@client.example>', text: 'Harmless.\n' }),
    )
    desk.deliver(rawMail({ subject: 'Behind the poison', from: 'Pia <pia@client.example>' }))
    await desk.ticketAbout('Behind the poison')
    interface Quarantined {
      id: string
      subject: string
      reason: string
      from: string
      mailbox: string
    }
    const items = async (): Promise<Quarantined[]> =>
      (await desk.admin.get<{ items: Quarantined[] }>('/quarantine')).items
    const [item] = await eventually('the mail is in quarantine', async () =>
      (await items()).length > 0 ? items() : undefined,
    )
    assert.deepEqual([item?.subject, item?.mailbox], ['Poison', OFFICIAL])
    assert.ok((item?.reason ?? '').length > 5)
    await db.query('ALTER TABLE message DROP CONSTRAINT poison')
    await desk.admin.post(`/quarantine/${item!.id}/retry`)
    await desk.ticketAbout('Poison')
    assert.deepEqual(await items(), [])
  })
})

/** What a mail server writes when it cannot deliver (RFC 3464). */
function bounce(original: ParsedMail, recipient: string): string {
  return rawMail({
    from: 'Mail Delivery System <MAILER-DAEMON@mx.client.example>',
    to: OFFICIAL,
    subject: 'Undelivered Mail Returned to Sender',
    headers: ['Return-Path: <>', 'Auto-Submitted: auto-replied', 'X-Rest: '],
  }).replace(
    /X-Rest: [\s\S]*/,
    [
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
      '',
      '--B',
      'Content-Type: text/plain',
      '',
      `I could not deliver your mail to <${recipient}>.`,
      '--B',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.client.example',
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
      '',
      '--B',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${original.messageId}`,
      `Subject: ${original.subject}`,
      `From: ${OFFICIAL}`,
      `To: ${recipient}`,
      '',
      '--B--',
      '',
    ].join('\r\n'),
  )
}
