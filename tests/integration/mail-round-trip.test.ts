import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { simpleParser, type ParsedMail } from 'mailparser'
import type { ConnectionTest } from '../../domain/contract.ts'
import type { Department } from '../../domain/people/contract.ts'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import type { Attachment } from '../../domain/conversation/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Desk, OFFICIAL } from './support/desk.ts'
import { freshId, rawMail, withHeader, without } from './support/mails.ts'
import { mailClients } from './support/mail-clients.ts'

/**
 * A mail becomes a ticket, is answered, and the answer's answer comes back: on a real IMAP and a
 * real SMTP server.
 */
describe('the main job', { skip: withoutDovecot }, () => {
  let desk: Desk
  let number = 0
  let sent: ParsedMail
  const anna = 'Anna Weber <anna@client.example>'
  const opening = {
    id: freshId(),
    subject: 'Der Drucker im 3. Stock – schon wieder',
    picture: Buffer.from('\x89PNG\r\n\x1a\n not a picture, but bytes \x00\xff', 'latin1'),
  }
  const raw = rawMail({
    from: anna,
    subject: opening.subject,
    id: opening.id,
    text: 'Guten Tag,\n\nder Drucker zieht kein Papier ein.\n\nGrüße\nAnna\n',
    html: '<p onclick="steal()">Guten Tag,</p><script>steal()</script><p>der <b>Drucker</b> zieht <a href="javascript:steal()">kein</a> Papier ein.</p><img src="https://tracker.example/pixel.png">',
    attachments: [{ filename: 'Foto.png', contentType: 'image/png', bytes: opening.picture }],
  })

  before(async () => {
    desk = await Desk.empty()
  })
  after(() => desk?.close())

  it('lets the first admin in, and nobody with a wrong password', async () => {
    const stranger = desk.guichet.client()
    const refused = await stranger.request('POST', '/session', {
      email: desk.guichet.adminEmail,
      password: 'wrong horse',
    })
    assert.equal(refused.status, 401)
    assert.equal((await stranger.request('GET', '/tickets')).status, 401)
    assert.equal((await desk.admin.get<{ role: string }>('/me')).role, 'admin')
  })

  it('tests a mailbox before it is kept: right, wrong password, wrong host, missing folder', async () => {
    desk.department = await desk.admin.post<Department>('/departments', {
      name: 'IT',
      acknowledge: true,
    })
    const test = (over = {}): Promise<ConnectionTest> =>
      desk.admin.post('/mailboxes/test', { imap: desk.imap(over) })
    assert.equal((await test()).ok, true)
    const wrong = [
      await test({ password: 'wrong' }),
      await test({ host: 'nowhere.invalid' }),
      await test({ folder: 'No such folder' }),
    ]
    assert.deepEqual(
      wrong.map((w) => w.ok),
      [false, false, false],
    )
    assert.equal(new Set(wrong.map((w) => w.code)).size, 3, 'each has a code of its own')
    for (const { message } of wrong)
      assert.ok(message.length > 10 && !message.includes('imap-secret'), message)
  })

  it('watches the mailbox', async () => {
    desk.mailbox = await desk.admin.post<Mailbox>('/mailboxes', {
      address: OFFICIAL,
      departmentId: desk.department!.id,
      imap: desk.imap(),
    })
    assert.equal(
      JSON.stringify(desk.mailbox).includes('imap-secret'),
      false,
      'the password is never sent back',
    )
    await desk.watched()
    assert.equal(
      (await desk.admin.post<ConnectionTest>(`/mailboxes/${desk.mailbox.id}/test`, {})).ok,
      true,
    )
  })

  it('tests a sender and keeps it', async () => {
    const url = `/departments/${desk.department!.id}/sender`
    const sender = { from: `IT Support <${OFFICIAL}>`, smtp: desk.smtp }
    const wrong = await desk.admin.post<ConnectionTest>(`${url}/test`, {
      sender: { ...sender, smtp: { ...desk.smtp, password: 'wrong' } },
    })
    assert.equal(wrong.ok, false)
    await desk.admin.put(url, sender)
    const right = await desk.admin.post<ConnectionTest>(`${url}/test`, { to: 'admin@desk.test' })
    assert.equal(right.ok, true, right.message)
    const mail = await desk.peer.waitFor((m) => m.to.includes('admin@desk.test'))
    assert.equal(mail.from, OFFICIAL)
  })

  it('turns each delivered mail into a ticket', async () => {
    for (const subject of ['First', 'Second', 'Third']) {
      desk.deliver(
        rawMail({ subject, from: `${subject} <${subject.toLowerCase()}@client.example>` }),
      )
      await desk.ticketAbout(subject)
    }
  })

  it('keeps subject, sender, text, sanitised HTML, attachment and raw source', async () => {
    desk.deliver(raw)
    const ticket = await desk.ticketAbout(opening.subject)
    number = ticket.number
    assert.deepEqual(
      [ticket.requester, ticket.status, ticket.department.name, ticket.hasAttachments],
      [{ email: 'anna@client.example', name: 'Anna Weber' }, 'new', 'IT', true],
    )
    const message = (await desk.messages(number)).find((m) => m.direction === 'inbound')!
    assert.match(message.text, /der Drucker zieht kein Papier ein\.\n\nGrüße/)
    assert.match(message.html ?? '', /<b>Drucker<\/b>/)
    assert.doesNotMatch(message.html ?? '', /script|onclick|javascript:/i)
    assert.doesNotMatch(message.html ?? '', /\ssrc="https:/, 'remote images wait to be asked for')
    assert.equal(message.hasRemoteImages, true)
    const [picture] = message.attachments.filter((a) => !a.inline)
    assert.deepEqual(
      [picture?.filename, picture?.contentType, picture?.size],
      ['Foto.png', 'image/png', opening.picture.length],
    )
    const bytes = Buffer.from(
      await (await desk.admin.fetch('GET', `/attachments/${picture!.id}`)).arrayBuffer(),
    )
    assert.deepEqual(bytes, opening.picture)
    const source = Buffer.from(
      await (await desk.admin.fetch('GET', `/messages/${message.id}/source`)).arrayBuffer(),
    )
    assert.equal(sha(source), sha(Buffer.from(raw)), 'the source is kept to the byte')
  })

  it('confirms the request once, as a machine must', async () => {
    const mail = await desk.peer.waitFor((m) => m.to.includes('anna@client.example'))
    const confirmation = await simpleParser(mail.raw)
    assert.equal(confirmation.headers.get('auto-submitted'), 'auto-replied')
    assert.match(confirmation.subject ?? '', new RegExp(`\\[#${number}\\]`))
    assert.equal(confirmation.inReplyTo, `<${opening.id}>`)
  })

  it('answers with an attachment, under the official address and in the same thread', async () => {
    const { client, user } = await desk.person('Sam Smith', 'agent')
    const bytes = Buffer.from('%PDF-1.4 how to clean the rollers')
    const file = await client.upload<Attachment>('/attachments', {
      filename: 'Anleitung – Walzen.pdf',
      contentType: 'application/pdf',
      bytes: new Uint8Array(bytes),
    })
    const { message, mail, parsed } = await desk.reply(
      number,
      { text: 'Bitte die Walzen reinigen, siehe Anhang.', attachmentIds: [file.id] },
      client,
    )
    sent = parsed
    assert.deepEqual([mail.from, mail.to, mail.user], [OFFICIAL, ['anna@client.example'], 'it-out'])
    assert.equal(parsed.from?.value[0]?.address, OFFICIAL)
    assert.equal(parsed.messageId, `<${message.internetId}>`)
    assert.equal(parsed.inReplyTo, `<${opening.id}>`)
    assert.ok([parsed.references].flat().includes(`<${opening.id}>`))
    assert.match(parsed.subject ?? '', new RegExp(`^Re: .*\\[#${number}\\]`))
    assert.match(
      parsed.replyTo?.value[0]?.address ?? '',
      new RegExp(`^it\\+t${number}\\.[a-z2-7]{16,32}@desk\\.test$`),
    )
    assert.equal(parsed.headers.has('auto-submitted'), false, 'a person wrote it')
    assert.match(parsed.text ?? '', /Walzen reinigen/)
    assert.ok(parsed.html, 'there is an HTML alternative')
    assert.deepEqual(
      parsed.attachments.map((a) => [a.filename, a.content.equals(bytes)]),
      [['Anleitung – Walzen.pdf', true]],
    )
    const kept = await desk.message(
      number,
      'the sent answer',
      (m) => m.id === message.id && m.state === 'sent',
    )
    assert.deepEqual(
      [kept.author?.id, kept.oneWay, kept.to[0]?.address],
      [user.id, false, 'anna@client.example'],
    )
    assert.equal((await desk.ticket(number)).status, 'open')
  })

  for (const [name, answerWith] of Object.entries(mailClients)) {
    it(`takes the requester’s answer from ${name} into the same ticket and reopens it`, async () => {
      await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
      const text = `Danke, mit ${name} geschrieben.`
      desk.deliver(answerWith({ from: anna, text, original: sent }))
      const message = await desk.message(number, `the answer from ${name}`, (m) =>
        m.text.includes(text),
      )
      assert.equal(message.textVisible.trim(), text, 'quoted text is folded')
      assert.match(message.text, /Walzen reinigen/, 'and not thrown away')
      assert.equal(message.automatic, false)
      const { status, solvedAt } = await desk.ticket(number)
      assert.deepEqual([status, solvedAt], ['open', null])
    })
  }

  const stripped: Record<string, (raw: string) => string> = {
    'only the reply address left': (mail) =>
      withHeader(
        without(mail, 'References', 'In-Reply-To', 'Thread-Topic', 'Thread-Index'),
        'Subject',
        'AW: Ihre Nachricht',
      ),
    'only the references left': (mail) =>
      withHeader(withHeader(mail, 'To', OFFICIAL), 'Subject', 'AW: Ihre Nachricht'),
    'only the subject’s number left': (mail) =>
      withHeader(without(mail, 'References', 'In-Reply-To'), 'To', OFFICIAL),
  }
  for (const [name, strip] of Object.entries(stripped)) {
    it(`finds the ticket of an answer with ${name}`, async () => {
      const text = `Eine Antwort, ${name}.`
      desk.deliver(strip(mailClients['Outlook']!({ from: anna, text, original: sent })))
      await desk.message(number, name, (m) => m.text.includes(text))
    })
  }

  it('takes in what came while everything was down, and opens nothing twice', async () => {
    const before = (await desk.tickets()).length
    await desk.guichet.stopProcesses()
    desk.deliver(rawMail({ subject: 'At night', from: 'Ben <ben@client.example>' }))
    desk.deliver(mailClients['Gmail']!({ from: anna, text: 'Nachts geschrieben.', original: sent }))
    await desk.guichet.startAll()
    await desk.ticketAbout('At night')
    await desk.message(number, 'the answer of the night', (m) =>
      m.text.includes('Nachts geschrieben.'),
    )
    assert.equal((await desk.tickets()).length, before + 1)
    await eventually(
      'every mail has its end',
      async () => (await desk.mailboxes())[0]?.ledger.waiting === 0,
    )
    const { ledger } = (await desk.mailboxes())[0]!
    assert.deepEqual(
      [ledger.ticket, ledger.reply, ledger.quarantine, ledger.duplicate],
      [5, 8, 0, 0],
    )
  })
})

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
