import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { readReplyAddress } from '../../../domain/mail-in/reply-address.ts'
import { composeReply, OutboundMessageError } from '../../../api/conversation/compose-reply.ts'
import { verifyReplyToken } from '../../../application/mail-out/reply-token.ts'
import { Desk, SECRET_KEYS } from '../../activities/mail-out/desk.ts'

describe('composing a reply', () => {
  let desk: Desk
  before(async () => {
    desk = await Desk.open()
    await desk.mailbox('it@help.example')
    await desk.sender({ host: '127.0.0.1', port: 25 })
    await desk.ticket(1042, { references: ['root@client.example', 'older@client.example'] })
  })
  after(() => desk?.close())

  it('goes to the requester, under the department’s official address, and is not visible before its event', async () => {
    const { messageId, payload } = await desk.compose(1042)
    const message = await desk.message(messageId)
    assert.deepEqual(message.to, [{ address: 'anna@client.example', name: 'Anna Weber' }])
    assert.equal(message.from_address, 'it@help.example')
    assert.equal(message.from_name, 'IT Support')
    assert.equal(message.one_way, false)
    assert.equal(message.state, 'queued')
    assert.equal(message.event_no, null)
    assert.deepEqual(
      { to: payload.to, oneWay: payload.oneWay, preview: payload.preview },
      { to: ['anna@client.example'], oneWay: false, preview: 'Please restart it.' },
    )
  })

  it('fixes the Message-ID before any attempt, in the domain of From, and lets answers to it be recognised', async () => {
    const { messageId } = await desk.compose(1042)
    const { internet_id: id } = await desk.message(messageId)
    assert.equal(id, `${messageId}@help.example`)
    assert.deepEqual(
      await desk.sql(
        'SELECT ticket_number, message_id FROM message_reference WHERE internet_id = $1',
        [id],
      ),
      [{ ticket_number: 1042, message_id: messageId }],
    )
  })

  it('hangs under the requester’s last message: In-Reply-To, and its References before it (RFC 5322 3.6.4)', async () => {
    const message = await desk.message((await desk.compose(1042)).messageId)
    assert.equal(message.in_reply_to, 'request-1042@client.example')
    assert.deepEqual(message.references, [
      'root@client.example',
      'older@client.example',
      'request-1042@client.example',
    ])
  })

  it('bears the ticket’s number in the subject once, after one Re:', async () => {
    await desk.ticket(1050, { subject: 'RE: AW: [#1050] Printer' })
    const message = await desk.message((await desk.compose(1050)).messageId)
    assert.equal(message.subject, 'Re: [#1050] Printer')
  })

  it('asks for answers at a signed address of the mailbox', async () => {
    const message = await desk.message((await desk.compose(1042)).messageId)
    const address = readReplyAddress(message.reply_to[0]!.address)
    assert.equal(address?.mailbox, 'it@help.example')
    assert.equal(address.ticketNumber, 1042)
    assert.ok(verifyReplyToken(SECRET_KEYS, 1042, address.token))
  })

  it('asks for answers at the bare address where the mail server knows no plus addresses (RFC 5233)', async () => {
    await desk.sql('UPDATE mailbox SET plus_addresses = false')
    const message = await desk.message((await desk.compose(1042)).messageId)
    await desk.sql('UPDATE mailbox SET plus_addresses = true')
    assert.deepEqual(
      message.reply_to.map((one) => one.address),
      ['it@help.example'],
    )
  })

  it('never writes to one of our own addresses, with a plus tag or not', async () => {
    const message = await desk.message(
      (
        await desk.compose(1042, {
          to: ['Boss@client.example', 'IT+t1@help.example'],
          cc: ['it@help.example', 'boss@client.example', 'cc@client.example'],
        })
      ).messageId,
    )
    assert.deepEqual(
      message.to.map((a) => a.address),
      ['boss@client.example'],
    )
    assert.deepEqual(
      message.cc.map((a) => a.address),
      ['cc@client.example'],
    )
    await assert.rejects(
      desk.compose(1042, { to: ['it@help.example'] }),
      (e) => e instanceof OutboundMessageError && e.code === 'reply-without-recipient',
    )
  })

  it('says so when a recipient is another department, which would never see the copy', async () => {
    await desk.sql(
      `INSERT INTO department (id, name) VALUES ('0190a6a0-0000-7000-8000-0000000000f1', 'Finance')`,
    )
    await desk.sql(
      `INSERT INTO mailbox (id, address, aliases, department_id) VALUES ('0190a6a0-0000-7000-8000-0000000000f2', 'finance@help.example', '{bills@help.example}', '0190a6a0-0000-7000-8000-0000000000f1')`,
    )
    for (const cc of ['Finance@help.example', 'bills+x@help.example']) {
      await assert.rejects(
        desk.compose(1042, { cc: [cc] }),
        (e) =>
          e instanceof OutboundMessageError &&
          e.code === 'recipient-is-department' &&
          e.message.includes('Finance'),
      )
    }
  })

  it('makes its recipients participants, so that their answers join the ticket', async () => {
    await desk.compose(1042, { to: ['colleague@client.example'] })
    assert.equal(
      (
        await desk.sql(
          `SELECT 1 FROM participant WHERE ticket_number = 1042 AND address = 'colleague@client.example'`,
        )
      ).length,
      1,
    )
  })

  it('signs with the agent’s and the department’s signature, variables filled, unknown ones left visible', async () => {
    await desk.sql(
      `UPDATE department SET signature = '{{department.name}} · #{{ticket.number}} for {{Requester.Name}} {{nobody.knows}}' WHERE id = $1`,
      [desk.departmentId],
    )
    await desk.sql(
      `UPDATE app_user SET preferences = '{"signature":"{{agent.name}}"}' WHERE id = $1`,
      [desk.agent.id],
    )
    const message = await desk.message(
      (await desk.compose(1042, { text: 'Dear {{requester.name}}' })).messageId,
    )
    assert.equal(
      message.text,
      'Dear Anna Weber\n\n-- \nSam Okafor\nIT · #1042 for Anna Weber {{nobody.knows}}',
    )
    await desk.sql(`UPDATE department SET signature = '' WHERE id = $1`, [desk.departmentId])
    await desk.sql(`UPDATE app_user SET preferences = '{}' WHERE id = $1`, [desk.agent.id])
  })

  it('keeps HTML without what could run, and fills variables escaped', async () => {
    await desk.sql(`UPDATE ticket SET requester_name = '<b>Anna</b>' WHERE number = 1042`)
    const { messageId } = await desk.compose(1042, {
      text: '',
      html: '<p onclick="x()">Dear {{requester.name}}<script>alert(1)</script>, see <a href="javascript:x()">this</a> and <a href="https://help.example/">that</a></p>',
    })
    await desk.sql(`UPDATE ticket SET requester_name = 'Anna Weber' WHERE number = 1042`)
    const message = await desk.message(messageId)
    assert.equal(
      message.html,
      '<p>Dear &lt;b&gt;Anna&lt;/b&gt;, see <a>this</a> and <a href="https://help.example/">that</a></p>',
    )
    assert.match(message.text, /^Dear <b>Anna<\/b>, see this and that <https:\/\/help.example\/>$/)
  })

  it('binds the author’s uploads, in order; an image in the text becomes a cid', async () => {
    const [pdf, png] = [
      await desk.upload('a.pdf', 'application/pdf', Buffer.from('pdf')),
      await desk.upload('b.png', 'image/png', Buffer.from('png')),
    ]
    const { messageId, payload } = await desk.compose(1042, {
      html: `<p>Look: <img src="/api/v1/attachments/${png}"></p>`,
      attachmentIds: [pdf],
    })
    assert.equal(payload.hasAttachments, true)
    assert.deepEqual(
      await desk.sql(
        'SELECT id, inline, content_id FROM attachment WHERE message_id = $1 ORDER BY position',
        [messageId],
      ),
      [
        { id: pdf, inline: false, content_id: null },
        { id: png, inline: true, content_id: `${png}@help.example` },
      ],
    )
    assert.match(
      (await desk.message(messageId)).html ?? '',
      new RegExp(`src="cid:${png}@help.example"`),
    )
  })

  it('refuses an attachment of somebody else, or of another message: an id is not a permission', async () => {
    const foreign = await desk.upload(
      'secret.pdf',
      'application/pdf',
      Buffer.from('secret'),
      randomUUID(),
    )
    await assert.rejects(
      desk.compose(1042, { attachmentIds: [foreign] }),
      (e) => e instanceof OutboundMessageError && e.code === 'attachment-not-available',
    )
    const once = await desk.upload('once.pdf', 'application/pdf', Buffer.from('once'))
    await desk.compose(1042, { attachmentIds: [once] })
    await assert.rejects(
      desk.compose(1042, { attachmentIds: [once] }),
      (e) => e instanceof OutboundMessageError && e.code === 'attachment-not-available',
    )
  })

  it('is held back when it can be taken back', async () => {
    const { messageId, payload } = await desk.compose(1042, { holdSeconds: 10, status: 'waiting' })
    assert.equal((await desk.message(messageId)).state, 'held')
    assert.deepEqual(
      { holdMs: payload.holdMs, status: payload.status },
      { holdMs: 10_000, status: 'waiting' },
    )
  })

  it('says which ticket does not exist', async () => {
    await assert.rejects(
      desk.compose(9),
      (e) => e instanceof OutboundMessageError && e.code === 'ticket-not-found',
    )
  })

  it('works the same in a transaction of typed statements', async () => {
    const pdf = await desk.upload('a.pdf', 'application/pdf', Buffer.from('pdf'))
    const { messageId } = await desk.db.transaction().execute((tx) =>
      composeReply(tx, desk.context, {
        ticketNumber: 1042,
        author: desk.agent,
        text: 'Grüße',
        to: undefined,
        cc: ['cc@client.example'],
        attachmentIds: [pdf],
        holdSeconds: 0,
      }),
    )
    const message = await desk.message(messageId)
    assert.deepEqual(
      [message.text, message.cc, message.references.length],
      ['Grüße', [{ address: 'cc@client.example', name: '' }], 3],
    )
  })

  it('without a sender is written as DoNotReply, one-way, with no address for answers', async () => {
    await desk.sql('DELETE FROM sender')
    const { messageId, payload } = await desk.compose(1042)
    const message = await desk.message(messageId)
    assert.deepEqual(
      [payload.oneWay, message.one_way, message.from_address, message.reply_to],
      [true, true, 'donotreply@help.example', []],
    )
  })
})
