import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { composeReplyAddress } from '../../../../domain/mail-in/reply-address.ts'
import { replyToken } from '../../../../application/mail-out/reply-token.ts'
import { routeMails } from '../../../../activities/mail-in/routing/route.ts'
import { storeMails, type StoredMail } from '../../../../activities/mail-in/ledger/store.ts'
import { freshId, rawMail, without } from '../../../integration/support/mails.ts'
import { SECRET_KEYS, TakingMail } from '../intake-desk.ts'

const ANNA = 'Anna Weber <anna@client.example>'
const EVE = 'Eve <eve@evil.example>'

describe('routing: which ticket a mail belongs to', () => {
  let desk: TakingMail
  let it_: string
  let hr: string
  let itBox: string
  let hrBox: string

  before(async () => {
    desk = await TakingMail.start()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    itBox = await desk.mailbox('it@desk.test', it_, { aliases: ['helpdesk@desk.test'] })
    hrBox = await desk.mailbox('hr@desk.test', hr)
    await desk.db.pool.query(
      `INSERT INTO app_user (id, email, name, role) VALUES ($1, 'sam@staff.test', 'Sam', 'agent')`,
      [randomUUID()],
    )
  })
  after(() => desk?.stop())

  const opened = async (
    over: Parameters<typeof rawMail>[0] = {},
    box = itBox,
  ): Promise<{ number: number; id: string }> => {
    const id = freshId()
    const [line] = await desk.take(box, rawMail({ from: ANNA, id, ...over }))
    assert.equal(line!.outcome, 'ticket')
    return { number: line!.ticket!, id }
  }

  it('opens a ticket with a small command: subject and preview cut, no body', async () => {
    const [line] = await desk.take(
      itBox,
      rawMail({
        from: ANNA,
        subject: `Long ${'s'.repeat(900)}`,
        text: `${'words '.repeat(5000)}\n`,
        attachments: [{ filename: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('a') }],
      }),
    )
    const command = desk.sent.at(-1)!
    assert.deepEqual(
      [line!.state, line!.outcome, command.name, command.facts.resume, command.command.id],
      ['routed', 'ticket', 'mailReceived', false, `mail-${line!.id}`],
    )
    const { message, opening } = desk.payload(line!)
    assert.ok(opening!.subject.length <= 300 && message.preview.length <= 200)
    assert.ok(JSON.stringify(command).length < 2_000)
    assert.deepEqual(
      [opening!.requester, message.hasAttachments, opening!.department.name],
      [{ email: 'anna@client.example', name: 'Anna Weber' }, true, 'IT'],
    )
    const [kept] = await desk.rows<{ subject: string; text: string; files: number }>(
      'SELECT subject, text, (SELECT count(*)::int FROM attachment WHERE message_id = m.id) AS files FROM message m WHERE id = $1',
      [message.messageId],
    )
    assert.deepEqual(
      [kept!.subject.length, kept!.text.length > 29_000, kept!.files],
      [905, true, 1],
    )
  })

  it('joins by reference, by subject token and by signed address, in one batch with the mail it answers', async () => {
    const root = freshId()
    const answer = freshId()
    const [first, second, third] = await desk.take(
      itBox,
      rawMail({ from: ANNA, id: root }),
      rawMail({ from: ANNA, id: answer, inReplyTo: root }),
      rawMail({ from: ANNA, references: [root, answer] }),
    )
    assert.deepEqual(
      [second!.outcome, second!.ticket, third!.ticket, second!.reason],
      ['reply', first!.ticket, first!.ticket, 'reference'],
    )
    const [bySubject] = await desk.take(
      itBox,
      rawMail({ from: ANNA, subject: `Re: [#${first!.ticket}] Something else` }),
    )
    assert.deepEqual(
      [bySubject!.outcome, bySubject!.ticket, bySubject!.reason],
      ['reply', first!.ticket, 'subject'],
    )
    const address = composeReplyAddress(
      'it@desk.test',
      first!.ticket!,
      replyToken(SECRET_KEYS, first!.ticket!),
    )!
    const [byAddress] = await desk.take(itBox, rawMail({ from: ANNA, to: address }))
    assert.deepEqual(
      [byAddress!.ticket, byAddress!.reason, desk.payload(byAddress!).message.stranger],
      [first!.ticket, 'reply-address', false],
    )
  })

  it('keeps strangers out: a forged reference or number opens a linked ticket, a forged token is nothing', async () => {
    const { number, id } = await opened()
    const [byReference, bySubject, byToken, bySigned] = await desk.take(
      itBox,
      rawMail({ from: EVE, inReplyTo: id }),
      rawMail({ from: EVE, subject: `Re: [#${number}] Hello` }),
      rawMail({ from: EVE, to: composeReplyAddress('it@desk.test', number, 'aaaaaaaaaaaaaaaa')! }),
      rawMail({
        from: EVE,
        to: composeReplyAddress('it@desk.test', number, replyToken(SECRET_KEYS, number))!,
      }),
    )
    for (const line of [byReference!, bySubject!]) {
      assert.equal(line.outcome, 'ticket')
      const { link } = desk.payload(line).opening!
      assert.deepEqual([link?.number, link?.kind], [number, 'suspectedReplyTo'])
    }
    assert.deepEqual(
      [byToken!.outcome, desk.payload(byToken!).opening!.link],
      ['ticket', undefined],
    )
    assert.deepEqual([bySigned!.ticket, desk.payload(bySigned!).message.stranger], [number, true])
    const people = await desk.rows<{ address: string }>(
      'SELECT address FROM participant WHERE ticket_number = $1',
      [number],
    )
    assert.deepEqual(
      people.map((p) => p.address),
      ['anna@client.example'],
      'a stranger does not become a participant, nor do we',
    )
  })

  it('makes everybody the writer wrote to a participant', async () => {
    const { number, id } = await opened({ cc: 'Bo <bo@client.example>, helpdesk@desk.test' })
    const [line] = await desk.take(itBox, rawMail({ from: 'bo@client.example', inReplyTo: id }))
    assert.equal(line!.ticket, number)
  })

  it('reopens a ticket closed lately and follows up one closed long ago', async () => {
    const lately = await opened()
    const long = await opened()
    await desk.project(lately.number, {
      status: 'closed',
      closed_at: new Date(Date.now() - 2 * 86_400_000),
      department_id: it_,
    })
    await desk.project(long.number, {
      status: 'closed',
      closed_at: new Date(Date.now() - 60 * 86_400_000),
      department_id: it_,
    })
    const [a, b] = await desk.take(
      itBox,
      rawMail({ from: ANNA, inReplyTo: lately.id }),
      rawMail({ from: ANNA, inReplyTo: long.id }),
    )
    assert.deepEqual([a!.outcome, a!.ticket], ['reply', lately.number])
    assert.deepEqual(
      [b!.outcome, desk.payload(b!).opening!.link?.kind, desk.payload(b!).opening!.link?.number],
      ['ticket', 'followUpOf', long.number],
    )
  })

  it('marks an answer that is nothing but thanks', async () => {
    const { id } = await opened()
    const [thanks, more] = await desk.take(
      itBox,
      rawMail({ from: ANNA, inReplyTo: id, text: 'Vielen Dank!' }),
      rawMail({ from: ANNA, inReplyTo: id, text: 'Thanks, but it still jams.' }),
    )
    assert.deepEqual(
      [desk.payload(thanks!).message.thanks, desk.payload(more!).message.thanks],
      [true, undefined],
    )
  })

  it('takes the same mail once per department', async () => {
    const raw = rawMail({ from: ANNA, to: 'it@desk.test, hr@desk.test', subject: 'To both' })
    const [one] = await desk.take(itBox, raw)
    const [again] = await desk.take(
      itBox,
      `Received: from elsewhere by here; Tue, 24 Nov 2026 10:00:00 +0000\r\n${raw}`,
    )
    const [other] = await desk.take(hrBox, raw)
    assert.deepEqual(
      [again!.outcome, again!.ticket, again!.state],
      ['duplicate', one!.ticket, 'settled'],
    )
    assert.deepEqual(
      [
        other!.outcome,
        desk.payload(other!).opening!.link?.kind,
        desk.payload(other!).opening!.department.name,
      ],
      ['ticket', 'relates', 'HR'],
    )
    assert.notEqual(other!.ticket, one!.ticket)
    const [copy] = await desk.take(hrBox, raw)
    assert.deepEqual([copy!.outcome, copy!.ticket], ['duplicate', other!.ticket])
  })

  it('gives a reply that came to two departments to one ticket, once', async () => {
    const { number, id } = await opened()
    const reply = rawMail({ from: ANNA, inReplyTo: id, to: 'it@desk.test', cc: 'hr@desk.test' })
    const [one] = await desk.take(itBox, reply)
    const [two] = await desk.take(hrBox, reply)
    assert.deepEqual(
      [one!.outcome, one!.ticket, two!.outcome, two!.ticket],
      ['reply', number, 'duplicate', number],
    )
  })

  it('finds the department a mail was forwarded for', async () => {
    const [line] = await desk.take(
      itBox,
      rawMail({
        from: ANNA,
        to: 'people@company.example',
        headers: ['X-Forwarded-To: it@desk.test', 'X-Forwarded-For: hr@desk.test it@desk.test'],
      }),
    )
    assert.equal(desk.payload(line!).opening!.department.name, 'HR')
  })

  it('puts an answer that overtook its mail and the mail into one ticket', async () => {
    const [root, answer] = [freshId(), freshId()]
    const [late] = await desk.take(
      itBox,
      rawMail({ from: 'bo@client.example', cc: ANNA, id: answer, inReplyTo: root }),
    )
    const [early] = await desk.take(
      itBox,
      rawMail({ from: ANNA, cc: 'bo@client.example, sam@staff.test', id: root }),
    )
    assert.deepEqual(
      [late!.outcome, early!.outcome, early!.ticket],
      ['ticket', 'reply', late!.ticket],
    )
    assert.deepEqual(desk.payload(early!).question, {
      subject: 'A question',
      requester: { email: 'anna@client.example', name: 'Anna Weber' },
      location: null,
    })
  })

  it('knows of the order of mails that came long ago which of them comes first', async () => {
    const [a, b] = [freshId(), freshId()]
    const BO = 'bo@client.example'
    const mail = (id: string | undefined, from: string, inReplyTo?: string) =>
      rawMail({
        from,
        cc: from === BO ? ANNA : BO,
        ...(id ? { id } : {}),
        ...(inReplyTo ? { inReplyTo } : {}),
      })
    const [third] = await desk.take(itBox, mail(undefined, ANNA, b))
    const [second] = await desk.take(itBox, mail(b, BO, a))
    const [first] = await desk.take(itBox, mail(a, ANNA))
    assert.deepEqual([second!.ticket, first!.ticket], [third!.ticket, third!.ticket])
    assert.deepEqual(
      [second!, first!].map((line) => desk.payload(line).question?.requester.email),
      [BO, 'anna@client.example'],
    )
    const c = freshId()
    const [opened] = await desk.take(itBox, rawMail({ from: BO, cc: ANNA, references: [a, c] }))
    assert.equal(opened!.ticket, first!.ticket)
    const [between] = await desk.take(itBox, mail(c, ANNA))
    assert.deepEqual(
      [between!.ticket, desk.payload(between!).question],
      [first!.ticket, undefined],
      'what came first stays first',
    )
  })

  it('says which tickets are one thread once the mail between them comes', async () => {
    const [a, b] = [freshId(), freshId()]
    const BO = 'bo@client.example'
    const [first] = await desk.take(itBox, rawMail({ from: ANNA, cc: BO, id: a }))
    const [third] = await desk.take(itBox, rawMail({ from: ANNA, cc: BO, inReplyTo: b }))
    assert.notEqual(first!.ticket, third!.ticket)
    const [second] = await desk.take(itBox, rawMail({ from: BO, cc: ANNA, id: b, inReplyTo: a }))
    assert.equal(second!.ticket, first!.ticket)
    assert.deepEqual(
      desk.payload(second!).sameThread?.map(({ number }) => number),
      [third!.ticket],
    )
  })

  it('lets an agent’s answer be joined by a mail that does not name them, and no claimant’s', async () => {
    const ids = [freshId(), freshId()] as const
    const answered = await desk.take(
      itBox,
      rawMail({ from: 'Sam <sam@staff.test>', cc: ANNA, inReplyTo: ids[0] }),
      rawMail({ from: EVE, cc: ANNA, inReplyTo: ids[1] }),
    )
    const late = await desk.take(itBox, ...ids.map((id) => rawMail({ from: ANNA, id })))
    assert.equal(late[0]!.ticket, answered[0]!.ticket)
    const { link } = desk.payload(late[1]!).opening!
    assert.deepEqual([link?.number, link?.kind], [answered[1]!.ticket, 'relates'])
  })

  it('routes what waits of its thread in other hands before it, in the order in which it came', async () => {
    const [root, first, unrelated] = [freshId(), freshId(), freshId()]
    const BO = 'bo@client.example'
    const raws = [
      rawMail({ from: ANNA, cc: BO, id: root }),
      rawMail({ from: ANNA, id: unrelated }),
      rawMail({ from: BO, cc: ANNA, id: first, inReplyTo: root }),
      rawMail({ from: ANNA, cc: BO, inReplyTo: first }),
      rawMail({ from: ANNA, cc: BO, inReplyTo: root }),
    ]
    const stored: StoredMail[] = []
    for (const raw of raws)
      stored.push(...(await storeMails(desk.db, desk.routing.blobs, [desk.incoming(itBox, raw)])))
    const [question, , , third] = stored
    const commands = await desk.routeAgain([third!])
    assert.deepEqual(
      commands.map(({ command }) => command.id),
      [0, 2, 3].map((i) => `mail-${stored[i]!.row.id}`),
      'neither what came later nor what has nothing to do with it',
    )
    assert.deepEqual(await desk.routeAgain([question!]), [], 'whose hands come too late')
    const lines = await desk.ledger()
    const ticket = (i: number) => lines.find(({ id }) => id === stored[i]!.row.id)!.ticket
    assert.deepEqual([ticket(2), ticket(3)], [ticket(0), ticket(0)])
    assert.equal(ticket(1), null)
  })

  it('takes a question first that was stored after its answer', async () => {
    const root = freshId()
    const [answer, question] = await storeMails(desk.db, desk.routing.blobs, [
      desk.incoming(itBox, rawMail({ from: 'bo@client.example', cc: ANNA, inReplyTo: root })),
      desk.incoming(hrBox, rawMail({ from: ANNA, cc: 'bo@client.example', id: root })),
    ])
    const commands = await desk.routeAgain([answer!])
    assert.deepEqual(
      commands.map(({ command }) => command.id),
      [question, answer].map((mail) => `mail-${mail!.row.id}`),
    )
  })

  it('gives what is not settled of a ticket to whoever routes the next mail to it, to be sent first', async () => {
    const { number, id } = await opened()
    const [one, two] = await storeMails(desk.db, desk.routing.blobs, [
      desk.incoming(itBox, rawMail({ from: ANNA, inReplyTo: id })),
      desk.incoming(itBox, rawMail({ from: ANNA, inReplyTo: id })),
    ])
    await desk.routeAgain([one!])
    const { earlier, commands } = await routeMails(desk.routing, [two!])
    const [opening] = (await desk.ledger()).filter(({ ticket }) => ticket === number)
    assert.deepEqual(
      [earlier, commands].map((all) => all.map(({ command }) => command.id)),
      [[`mail-${opening!.id}`, `mail-${one!.row.id}`], [`mail-${two!.row.id}`]],
    )
  })

  it('makes the original sender of a mail forwarded by an agent the requester; not when a customer forwards', async () => {
    const forwarded = (from: string): string =>
      rawMail({
        from,
        subject: 'Fwd: Broken screen',
        text: 'FYI\n\n---------- Forwarded message ---------\nFrom: Carl Carlsson <carl@client.example>\nDate: Mon, Nov 23, 2026 at 9:00 AM\nSubject: Broken screen\nTo: <sam@staff.test>\n\nMy screen is broken.\n',
      })
    const [byAgent, byCustomer] = await desk.take(
      itBox,
      forwarded('Sam <sam@staff.test>'),
      forwarded(ANNA),
    )
    assert.deepEqual(desk.payload(byAgent!).opening!.requester, {
      email: 'carl@client.example',
      name: 'Carl Carlsson',
    })
    assert.equal(desk.payload(byAgent!).message.from.email, 'sam@staff.test')
    assert.equal(desk.payload(byCustomer!).opening!.requester.email, 'anna@client.example')
  })

  it('takes in mail without From, Message-ID or words', async () => {
    const [nobody, noId, noIdAgain, replyTo, bare] = await desk.take(
      itBox,
      rawMail({ from: null, subject: 'Nobody' }),
      rawMail({ id: null, from: ANNA, text: 'One\n' }),
      rawMail({ id: null, from: ANNA, text: 'Two\n' }),
      rawMail({ from: null, headers: ['Reply-To: Rita <rita@client.example>'] }),
      'Subject: only this\r\n\r\n',
    )
    assert.deepEqual(
      [nobody!.outcome, desk.payload(nobody!).opening!.requester.email],
      ['ticket', ''],
    )
    assert.notEqual(noId!.ticket, noIdAgain!.ticket)
    assert.equal(desk.payload(replyTo!).opening!.requester.email, 'rita@client.example')
    assert.equal(bare!.outcome, 'ticket')
    const empty = await desk.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM message_reference WHERE internet_id = ''`,
    )
    assert.equal(empty[0]!.count, 0, 'an empty id is never remembered')
  })

  it('puts what cannot be read into quarantine, with its source, and tries it again when asked', async () => {
    const [line, next] = await desk.take(itBox, '', rawMail({ from: ANNA, subject: 'Behind it' }))
    assert.deepEqual(
      [line!.state, line!.outcome, next!.outcome],
      ['settled', 'quarantine', 'ticket'],
    )
    assert.deepEqual(line!.reason, [{ code: 'mail-empty', values: {} }])
    assert.equal(await desk.intake.retryQuarantined(line!.id), true)
    assert.equal((await desk.ledger()).find((l) => l.id === line!.id)!.outcome, 'quarantine')
    assert.equal(await desk.intake.retryQuarantined(next!.id), false)
    assert.equal(await desk.intake.retryQuarantined('typed by hand'), false, 'no id is no mail')
  })

  it('keeps text that PostgreSQL refuses', async () => {
    const [line] = await desk.take(
      itBox,
      rawMail({ from: ANNA, subject: 'NUL', text: 'a\0b \ud800 c\n' }),
    )
    assert.equal(line!.outcome, 'ticket')
  })

  it('ignores its own mail when it comes back', async () => {
    const { number } = await opened()
    const ours = freshId('desk.test')
    await outbound(number, ours, 'anna@client.example')
    const [line] = await desk.take(
      itBox,
      rawMail({ from: 'IT <it@desk.test>', id: ours, to: 'all@desk.test' }),
    )
    assert.deepEqual([line!.state, line!.outcome, line!.reason], ['settled', 'ignored', 'own-mail'])
  })

  it('ties a delivery report to the message that bounced, and makes no ticket of one it knows nothing of', async () => {
    const { number } = await opened()
    const ours = freshId('desk.test')
    const messageId = await outbound(number, ours, 'gone@client.example')
    const [known, unknown] = await desk.take(itBox, report(ours), report(freshId('other.test')))
    assert.deepEqual([known!.outcome, known!.ticket, known!.reason], ['report', number, 'failed'])
    const command = desk.sent.find((c) => c.command.id === `mail-${known!.id}`)!
    assert.equal(command.name, 'deliveryReported')
    assert.deepEqual(command.command.payload, {
      messageId,
      recipient: 'gone@client.example',
      action: 'failed',
      status: '5.1.1',
      detail: '550 5.1.1 no such user',
    })
    assert.deepEqual(
      [unknown!.outcome, unknown!.reason, unknown!.state],
      ['ignored', 'report-unknown', 'settled'],
    )
  })

  it('knows a returned mail whose id a relay has replaced by the signed address that it returns', async () => {
    const { number } = await opened()
    const messageId = await outbound(number, freshId('desk.test'), 'gone@client.example')
    const returned = (replyTo: string) =>
      report(freshId('relay.example')).replace(
        'To: gone@client.example\r\n',
        `To: gone@client.example\r\nReply-To: ${replyTo}\r\n`,
      )
    const [signed, forged] = await desk.take(
      itBox,
      returned(composeReplyAddress('it@desk.test', number, replyToken(SECRET_KEYS, number))!),
      returned(composeReplyAddress('it@desk.test', number, 'aaaaaaaaaaaaaaaa')!),
    )
    assert.deepEqual([signed!.outcome, signed!.ticket], ['report', number])
    assert.equal(
      (
        desk.sent.find((c) => c.command.id === `mail-${signed!.id}`)!.command.payload as {
          messageId: string
        }
      ).messageId,
      messageId,
    )
    assert.deepEqual([forged!.outcome, forged!.reason], ['ignored', 'report-unknown'])
  })

  it('routes each mail once when two processes do it at the same time, and again', async () => {
    const root = freshId()
    const mails = Array.from({ length: 40 }, (_, i) =>
      desk.incoming(
        itBox,
        rawMail({
          from: ANNA,
          subject: `Twice ${i}`,
          id: i === 0 ? root : freshId(),
          ...(i % 2 ? { inReplyTo: root } : {}),
        }),
      ),
    )
    const rows = await storeMails(desk.db, desk.routing.blobs, mails)
    const before = (await desk.rows<{ n: number }>('SELECT count(*)::int AS n FROM message'))[0]!.n
    const commands = (
      await Promise.all([
        desk.routeAgain(rows),
        desk.routeAgain(rows),
        desk.routeAgain(rows.toReversed()),
      ])
    ).flat()
    assert.equal(new Set(commands.map((c) => c.command.id)).size, 40)
    assert.equal(commands.length, 40)
    assert.deepEqual(await desk.routeAgain(rows), [])
    assert.equal(
      (await desk.rows<{ n: number }>('SELECT count(*)::int AS n FROM message'))[0]!.n,
      before + 40,
    )
  })

  it('knows a Message-ID used for two different mails from a mail that came twice', async () => {
    const raw = rawMail({ from: ANNA, id: freshId(), text: 'One.\n' })
    const [one, other] = await desk.take(itBox, raw, raw.replace('One.', 'Another.'))
    assert.deepEqual([one!.outcome, other!.outcome !== 'duplicate'], ['ticket', true])
    const [noHeader] = await desk.take(itBox, without(raw, 'X-Nothing'))
    assert.equal(noHeader!.outcome, 'duplicate')
  })

  async function outbound(number: number, internetId: string, to: string): Promise<string> {
    const id = randomUUID()
    await desk.db.pool.query(
      `INSERT INTO message (id, ticket_number, direction, state, internet_id, from_address, "to", subject, date) VALUES ($1, $2, 'outbound', 'sent', $3, 'it@desk.test', $4, 'Re', now())`,
      [id, number, internetId, JSON.stringify([{ address: to, name: '' }])],
    )
    return id
  }

  const report = (original: string): string =>
    [
      'From: MAILER-DAEMON@mx.example',
      'To: it@desk.test',
      'Subject: Undelivered Mail Returned to Sender',
      `Message-ID: <${freshId('mx.example')}>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'It could not be delivered.',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; gone@client.example',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      '',
      '--b',
      'Content-Type: message/rfc822',
      '',
      `Message-ID: <${original}>`,
      'From: it@desk.test',
      'To: gone@client.example',
      'Subject: Re',
      '',
      'Hello',
      '--b--',
      '',
    ].join('\r\n')
})
