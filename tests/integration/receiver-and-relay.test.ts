import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createTransport } from 'nodemailer'
import type { Department } from '../../domain/people/contract.ts'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import type { Message } from '../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { Desk } from './support/desk.ts'
import { rawMail } from './support/mails.ts'

/**
 * Departments without an account of their own: mail in by the built-in receiver, mail out by the
 * default relay.
 */
describe('a department without mail accounts', { skip: withoutDovecot }, () => {
  let desk: Desk
  let relay: SmtpPeer
  let hr: Department

  before(async () => {
    relay = await SmtpPeer.start()
    desk = await Desk.open({
      env: { DEFAULT_SMTP_URL: relay.url, DEFAULT_FROM: 'DoNotReply <donotreply@desk.test>' },
    })
    hr = await desk.admin.post<Department>('/departments', { name: 'HR', acknowledge: false })
    await desk.admin.post<Mailbox>('/mailboxes', { address: 'hr@desk.test', departmentId: hr.id })
  })
  after(async () => {
    await desk?.close()
    await relay?.stop()
  })

  async function handIn(to: string, raw: string): Promise<string> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: desk.guichet.smtpPort,
      secure: false,
      tls: { rejectUnauthorized: false },
    })
    const { response } = await transport.sendMail({
      envelope: { from: 'lea@client.example', to },
      raw,
    })
    transport.close()
    return response
  }

  it('receives by the built-in SMTP receiver', async () => {
    const raw = rawMail({
      subject: 'Holiday',
      from: 'Lea <lea@client.example>',
      to: 'hr@desk.test',
      text: 'May I?\n',
      attachments: [
        { filename: 'plan.txt', contentType: 'text/plain', bytes: Buffer.from('July') },
      ],
    })
    assert.match(await handIn('hr@desk.test', raw), /^250/)
    const ticket = await desk.ticketAbout('Holiday')
    assert.deepEqual(
      [ticket.department.name, ticket.requester.email, ticket.hasAttachments],
      ['HR', 'lea@client.example', true],
    )
    const [message] = await desk.messages(ticket.number)
    const source = await (await desk.admin.fetch('GET', `/messages/${message!.id}/source`)).text()
    assert.ok(source.includes(Buffer.from('July').toString('base64')), 'the raw source is kept')
  })

  it('refuses a recipient whom it does not serve', async () => {
    await assert.rejects(
      handIn('nobody@elsewhere.test', rawMail({ to: 'nobody@elsewhere.test' })),
      /55\d/,
    )
  })

  it('writes from DoNotReply and says so: one-way', async () => {
    const { number, replyFrom } = await desk.ticketAbout('Holiday')
    assert.deepEqual(replyFrom, { address: 'donotreply@desk.test', oneWay: true })
    const message = await desk.admin.post<Message>(`/tickets/${number}/messages`, {
      text: 'Granted.',
    })
    assert.equal(message.oneWay, true)
    const mail = await relay.waitFor((m) => m.to.includes('lea@client.example'))
    assert.equal(mail.from, 'donotreply@desk.test')
    assert.match(mail.raw.toString(), /^From: .*donotreply@desk\.test/m)
    assert.doesNotMatch(mail.raw.toString(), /^Reply-To:/m)
    const kept = await desk.message(
      number,
      'the one-way answer',
      (m) => m.id === message.id && m.state === 'sent',
    )
    assert.equal(kept.oneWay, true)
    assert.equal(
      desk.peer.mails.some((m) => m.to.includes('lea@client.example')),
      false,
      'not by the account of another department',
    )
  })

  it('still joins an answer that was sent to the receiver with the ticket’s number', async () => {
    const { number } = await desk.ticketAbout('Holiday')
    await handIn(
      'hr@desk.test',
      rawMail({
        subject: `Re: [#${number}] Holiday`,
        from: 'Lea <lea@client.example>',
        to: 'hr@desk.test',
        text: 'Thanks!\n',
      }),
    )
    await desk.message(number, 'the answer', (m) => m.text.includes('Thanks!'))
  })

  it('sends with the department’s own account as soon as it has one', async () => {
    await desk.admin.put(`/departments/${hr.id}/sender`, {
      from: 'People <hr@desk.test>',
      smtp: desk.smtp,
    })
    const { number } = await desk.ticketAbout('Holiday')
    await eventually(
      'the ticket says two-way',
      async () => !(await desk.ticket(number)).replyFrom.oneWay,
    )
    const { mail, parsed } = await desk.reply(number, { text: 'Have a good time.' })
    assert.deepEqual([mail.from, parsed.from?.value[0]?.name], ['hr@desk.test', 'People'])
  })

  it('a ticket written in the web app is answered by mail like any other', async () => {
    const opened = await desk.admin.post<TicketDetail>('/tickets', {
      subject: 'By phone',
      departmentId: desk.department!.id,
      requester: { email: 'kim@client.example', name: 'Kim' },
      text: 'Called in: no network.',
    })
    assert.equal((await desk.messages(opened.number))[0]?.text.trim(), 'Called in: no network.')
    const { mail, parsed } = await desk.reply(opened.number, { text: 'We are looking into it.' })
    assert.deepEqual(mail.to, ['kim@client.example'])
    desk.deliver(
      rawMail({
        from: 'Kim <kim@client.example>',
        to: parsed.replyTo!.text,
        subject: parsed.subject!,
        inReplyTo: parsed.messageId!.slice(1, -1),
        text: 'It works again.\n',
      }),
    )
    await desk.message(opened.number, 'the answer to it', (m) => m.text.includes('It works again.'))
  })
})
