import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { simpleParser } from 'mailparser'
import {
  type AcknowledgementInput,
  prepareAcknowledgement,
} from '../../../activities/mail-out/acknowledge.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'
import { Desk } from './desk.ts'

describe('“we have received your request”', () => {
  let desk: Desk
  let peer: SmtpPeer
  before(async () => {
    desk = await Desk.open()
    peer = await SmtpPeer.start()
    await desk.mailbox('it@help.example')
    await desk.sender({ host: peer.host, port: peer.port })
  })
  after(async () => {
    await desk?.close()
    await peer?.stop()
  })
  const prepare = (over: Partial<AcknowledgementInput> = {}) =>
    prepareAcknowledgement(
      desk.db,
      {
        ticketNumber: 1042,
        departmentId: desk.departmentId,
        to: { address: 'anna@client.example', name: 'Anna' },
        subject: 'The printer jams',
        inReplyTo: 'request-1042@client.example',
        references: ['root@client.example'],
        language: null,
        ...over,
      },
      desk.context,
    )

  it('is written before the ticket exists, in reply to the request', async () => {
    const payload = await prepare()
    const message = await desk.message(payload.messageId)
    assert.deepEqual(
      [message.automatic, message.subject, message.in_reply_to, message.references],
      [
        true,
        'Re: [#1042] The printer jams',
        'request-1042@client.example',
        ['root@client.example', 'request-1042@client.example'],
      ],
    )
    assert.deepEqual(payload.to, ['anna@client.example'])
  })

  it('counts for the rate limit on automatic mail', async () => {
    const payload = await prepare({ to: { address: 'counted@client.example', name: '' } })
    assert.deepEqual(
      await desk.sql(
        `SELECT message_id FROM automatic_mail WHERE address = 'counted@client.example'`,
      ),
      [{ message_id: payload.messageId }],
    )
  })

  it('names number and subject, and leaves as mail that no machine answers (RFC 3834)', async () => {
    await desk.ticket(1042)
    const payload = await prepare()
    await desk.sql('UPDATE message SET event_no = 1 WHERE id = $1', [payload.messageId])
    assert.equal((await desk.deliver(1042, payload.messageId)).outcome, 'sent')
    const sent = peer.mails.at(-1)
    const mail = await simpleParser(sent!.raw)
    assert.deepEqual(
      [
        mail.headers.get('auto-submitted'),
        mail.headers.get('x-auto-response-suppress'),
        mail.headers.has('precedence'),
      ],
      ['auto-replied', 'All', false],
    )
    assert.match(mail.text ?? '', /#1042[^]*The printer jams/)
    assert.doesNotMatch(mail.text ?? '', /It jams on every page/)
    // Bounces come back to the mailbox and are shown on the ticket; many submission servers refuse
    // the null sender.
    assert.equal(sent?.from, 'it@help.example')
  })

  it('speaks English, French and German, and English to everybody else', async () => {
    const text = async (language: string | null): Promise<string> =>
      (await desk.message((await prepare({ language })).messageId)).text
    assert.match(await text('fr-CA'), /^Bonjour/)
    assert.match(await text('de'), /^Guten Tag/)
    assert.match(await text('nl'), /^Hello/)
  })

  it('says so when it cannot be answered', async () => {
    await desk.sql('DELETE FROM sender')
    const payload = await prepare()
    assert.equal(payload.oneWay, true)
    assert.match(
      (await desk.message(payload.messageId)).text,
      /do not reply to this message\..*\[#1042\] in the subject/,
    )
    await desk.sender({ host: peer.host, port: peer.port })
  })
})
