import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  AUTOMATIC_PER_HOUR,
  AUTOMATIC_STORM,
} from '../../../../domain/mail-in/routing/acknowledgement.ts'
import { freshId, rawMail } from '../../../integration/support/mails.ts'
import { TakingMail } from '../intake-desk.ts'

/** RFC 3834: who may be answered by a machine, and how often. */
describe('acknowledgements', () => {
  let desk: TakingMail
  let box: string
  let quiet: string

  before(async () => {
    desk = await TakingMail.start()
    box = await desk.mailbox('it@desk.test', await desk.department('IT', true))
    quiet = await desk.mailbox('hr@desk.test', await desk.department('HR', false))
  })
  after(() => desk?.stop())

  const acknowledged = async (raw: string, into = box): Promise<boolean> => {
    const [line] = await desk.take(into, raw)
    return desk.payload(line!).acknowledgement !== undefined
  }

  it('answers a new request once, in its thread, and not the replies to it', async () => {
    const id = freshId()
    const [line, reply] = await desk.take(
      box,
      rawMail({ id, from: 'new@client.example', subject: 'Printer' }),
      rawMail({ from: 'new@client.example', inReplyTo: id }),
    )
    const { acknowledgement } = desk.payload(line!)
    assert.deepEqual(acknowledgement?.to, ['new@client.example'])
    assert.equal(desk.payload(reply!).acknowledgement, undefined)
    const [message] = await desk.rows<{ in_reply_to: string; automatic: boolean; subject: string }>(
      'SELECT in_reply_to, automatic, subject FROM message WHERE id = $1',
      [acknowledgement!.messageId],
    )
    assert.deepEqual([message!.in_reply_to, message!.automatic], [id, true])
    assert.match(message!.subject, new RegExp(`\\[#${line!.ticket}\\]`))
  })

  it('joins an answer to the acknowledgement', async () => {
    const [line] = await desk.take(
      box,
      rawMail({ from: 'answers@client.example', subject: 'Screen' }),
    )
    const [ours] = await desk.rows<{ internet_id: string }>(
      `SELECT internet_id FROM message WHERE ticket_number = $1 AND direction = 'outbound'`,
      [line!.ticket],
    )
    const [reply] = await desk.take(
      box,
      rawMail({ from: 'answers@client.example', inReplyTo: ours!.internet_id }),
    )
    assert.deepEqual([reply!.outcome, reply!.ticket], ['reply', line!.ticket])
  })

  const silent: Record<string, Parameters<typeof rawMail>[0]> = {
    'Auto-Submitted': { headers: ['Auto-Submitted: auto-generated'] },
    'a mailing list': { headers: ['List-Id: <all.client.example>'] },
    'bulk precedence': { headers: ['Precedence: bulk'] },
    'X-Auto-Response-Suppress': { headers: ['X-Auto-Response-Suppress: All'] },
    'a null return path': { headers: ['Return-Path: <>'] },
    'a mailer daemon': { from: 'MAILER-DAEMON@client.example' },
    'an address of our own': { from: 'hr@desk.test' },
    'a mail without From': { from: null },
    'a sender who failed authentication': {
      headers: ['Authentication-Results: mx.desk.test; dmarc=fail header.from=client.example'],
    },
  }
  for (const [name, over] of Object.entries(silent)) {
    it(`never answers ${name}`, async () =>
      assert.equal(
        await acknowledged(rawMail({ from: `${name.replace(/\W/g, '')}@client.example`, ...over })),
        false,
      ))
  }

  it('never answers the null envelope sender of a mail taken by the receiver', async () => {
    const [line] = await desk.takeAll([
      desk.incoming(box, rawMail({ from: 'envelope@client.example' }), {
        source: 'smtp',
        folder: '',
        envelopeFrom: '',
        envelopeTo: ['it@desk.test'],
      }),
    ])
    assert.equal(desk.payload(line!).acknowledgement, undefined)
  })

  it('answers for no department that does not want it', async () =>
    assert.equal(
      await acknowledged(rawMail({ from: 'hello@client.example', to: 'hr@desk.test' }), quiet),
      false,
    ))

  it('does not answer a stranger who refers to a ticket', async () => {
    const id = freshId()
    await desk.take(box, rawMail({ id, from: 'owner@client.example' }))
    assert.equal(
      await acknowledged(rawMail({ from: 'stranger@evil.example', inReplyTo: id })),
      false,
    )
  })

  it(`writes at most ${AUTOMATIC_PER_HOUR} in an hour to one address, also within one batch`, async () => {
    const lines = await desk.take(
      box,
      ...Array.from({ length: 6 }, (_, i) =>
        rawMail({ from: 'often@client.example', subject: `Request ${i}` }),
      ),
    )
    assert.deepEqual(
      lines.map((l) => desk.payload(l).acknowledgement !== undefined),
      [true, true, true, false, false, false],
    )
    assert.equal(await acknowledged(rawMail({ from: 'Often <OFTEN@client.example>' })), false)
    await desk.db.pool.query(
      `UPDATE automatic_mail SET at = at - interval '2 hours' WHERE address = 'often@client.example'`,
    )
    assert.equal(await acknowledged(rawMail({ from: 'often@client.example' })), true)
  })

  it('stops for everybody in a storm', async () => {
    await desk.db.pool.query(
      `INSERT INTO message (id, ticket_number, direction, state, automatic, from_address, subject, date)
       SELECT gen_random_uuid(), 1, 'outbound', 'sent', true, 'it@desk.test', 'x', now() FROM generate_series(1, $1)`,
      [AUTOMATIC_STORM],
    )
    assert.equal(await acknowledged(rawMail({ from: 'storm@client.example' })), false)
    await desk.db.pool.query(`UPDATE message SET created_at = created_at - interval '11 minutes'`)
    assert.equal(await acknowledged(rawMail({ from: 'calm@client.example' })), true)
  })
})
