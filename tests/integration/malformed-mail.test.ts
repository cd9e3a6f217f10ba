import type { Explanation } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { ConnectionTest } from '../../domain/contract.ts'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import type { TicketSummary } from '../../domain/tickets/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { silentServer } from '../harness/silent-server.ts'
import { Audit } from './support/audit.ts'
import { Desk, IMAP_PASSWORD } from './support/desk.ts'
import { rawMail, without } from './support/mails.ts'

/**
 * What no specification foresees and every mailbox holds. Each has a clear end, and the next mail
 * is taken in as if nothing had been.
 */
describe('bad input', { skip: withoutDovecot }, () => {
  let desk: Desk
  let audit: Audit
  let sound = 0

  before(async () => {
    desk = await Desk.open()
    audit = Audit.open(desk.guichet.databaseUrl)
  })
  after(async () => {
    await audit?.close()
    await desk?.close()
  })

  /** A good mail right behind the bad one: the mailbox goes on. */
  async function stillTakesMail(timeout = 180_000): Promise<void> {
    const subject = `Sound mail ${++sound}`
    desk.deliver(rawMail({ subject, from: 'Sofia <sofia@client.example>' }))
    await desk.ticketAbout(subject, timeout)
    await eventually(
      'every mail has its end',
      async () => (await audit.ends())['waiting'] === undefined,
    )
  }

  /**
   * Delivers one bad mail with a sound one behind it.
   * @returns its line in the ledger.
   */
  async function endOf(
    raw: string | Buffer,
  ): Promise<{ outcome: string; reason: Explanation | null; ticket: number | null }> {
    const before = await audit.rows<{ id: string }>('SELECT id FROM mail')
    desk.deliver(raw)
    await stillTakesMail()
    const added = await audit.rows<{
      id: string
      outcome: string
      reason: Explanation | null
      ticket: number | null
      email: string
    }>(
      `SELECT m.id, m.outcome, m.outcome_reason AS reason, m.ticket_number AS ticket FROM mail m LEFT JOIN ticket t ON t.number = m.ticket_number
       WHERE NOT m.id = ANY($1::uuid[]) AND t.subject NOT LIKE 'Sound mail %' OR (NOT m.id = ANY($1::uuid[]) AND t.number IS NULL)`,
      [before.map((m) => m.id)],
    )
    assert.equal(added.length, 1, 'the mail is in the ledger once')
    return added[0]!
  }

  const newest = async (): Promise<TicketSummary[]> =>
    (await desk.tickets()).filter((t) => !t.subject.startsWith('Sound mail'))

  const malformed: Record<string, Buffer | string> = {
    'bytes that are no mail at all': Buffer.concat([
      Buffer.from([0, 255, 254, 13, 10]),
      randomBytes(2_000),
    ]),
    'a multipart that never begins': rawMail({ subject: 'No parts' }).replace(
      /^Content-Type:.*$/m,
      'Content-Type: multipart/mixed; boundary="never"',
    ),
    'a multipart that never ends': rawMail({ subject: 'No end', html: '<p>Hello</p>' }).replace(
      /--=_[0-9a-f]+--[\s\S]*$/,
      '',
    ),
    'base64 that is none': rawMail({ subject: 'Not base64' }).replace(
      'Content-Transfer-Encoding: 8bit',
      'Content-Transfer-Encoding: base64',
    ),
    'an unknown charset and NUL characters': rawMail({
      subject: 'Charset',
      text: 'a\0b\n',
    }).replace('charset=utf-8', 'charset=x-klingon'),
    'a header of 200 kB': rawMail({
      subject: 'Long header',
      headers: [`X-Long: ${'x'.repeat(200_000)}`],
    }),
    'a thousand nested parts': nested(1_000),
  }
  for (const [name, raw] of Object.entries(malformed)) {
    it(`takes in or quarantines ${name}`, async () => {
      const { outcome, reason } = await endOf(raw)
      assert.ok(
        outcome === 'ticket' || (outcome === 'quarantine' && inEnglish(reason ?? '').length > 5),
        `${outcome} ${inEnglish(reason ?? '')}`,
      )
    })
  }

  it('takes in a 40 MB attachment whole', async () => {
    const bytes = randomBytes(40 * 1024 * 1024)
    desk.deliver(
      rawMail({
        subject: 'Forty megabytes',
        attachments: [{ filename: 'video.mp4', contentType: 'video/mp4', bytes }],
      }),
    )
    const { number } = await desk.ticketAbout('Forty megabytes')
    const [message] = await desk.messages(number)
    const [kept] = message!.attachments
    assert.equal(kept?.size, bytes.length)
    const back = Buffer.from(
      await (await desk.admin.fetch('GET', `/attachments/${kept!.id}`)).arrayBuffer(),
    )
    assert.equal(sha(back), sha(bytes))
    await stillTakesMail()
  })

  it('gives an empty mail an end', async () => {
    const { outcome, reason } = await endOf('')
    assert.ok(
      outcome === 'ticket' || ((outcome === 'quarantine' || outcome === 'ignored') && reason),
      `${outcome} ${inEnglish(reason ?? '')}`,
    )
  })

  it('opens a ticket for a mail that is only a header', async () => {
    const { outcome, ticket } = await endOf(
      'From: Otto <otto@client.example>\nSubject: Nothing to say\nTo: it@desk.test\n\n',
    )
    assert.equal(outcome, 'ticket')
    assert.equal((await desk.ticket(ticket!)).subject, 'Nothing to say')
  })

  it('opens a ticket for a mail without From, and writes to nobody', async () => {
    const { outcome, ticket } = await endOf(rawMail({ from: null, subject: 'Nobody' }))
    assert.equal(outcome, 'ticket')
    const refused = await desk.admin.request<{ code: string; detail: string }>(
      'POST',
      `/tickets/${ticket}/messages`,
      { text: 'Hello?' },
    )
    assert.ok(
      refused.status === 422 || refused.status === 400 || refused.status === 409,
      `answered ${refused.status}`,
    )
    assert.match(refused.body.detail, /recipient/i)
  })

  it('keeps two mails without Message-ID apart, and knows the same one again', async () => {
    const one = rawMail({ id: null, subject: 'No id', text: 'One.\n' })
    const two = rawMail({ id: null, subject: 'No id', text: 'Two.\n' })
    assert.equal((await endOf(one)).outcome, 'ticket')
    assert.equal((await endOf(two)).outcome, 'ticket')
    assert.equal((await endOf(without(one, 'X-None'))).outcome, 'duplicate')
    assert.equal((await newest()).filter((t) => t.subject === 'No id').length, 2)
  })

  it('says so when the password is wrong, and goes on as soon as it is right', async () => {
    desk.dovecot.setPassword('it', 'changed')
    await desk.dovecot.kill()
    await desk.dovecot.start()
    const refused = /password|sign|auth|credential/i
    const failed = await eventually('the mailbox says why it failed', async () =>
      (await desk.mailboxes()).find(
        (m) => m.status === 'failed' && refused.test(m.lastError ?? ''),
      ),
    )
    desk.deliver(rawMail({ subject: 'Behind a closed door' }))
    await desk.admin.patch<Mailbox>(`/mailboxes/${failed.id}`, { imap: { password: 'changed' } })
    await desk.ticketAbout('Behind a closed door')
    await desk.watched()
    desk.dovecot.setPassword('it', IMAP_PASSWORD)
  })

  it('gives up on an IMAP server that hangs, without holding up another mailbox', async () => {
    const silent = await silentServer()
    try {
      const imap = desk.imap({ host: silent.host, port: silent.port })
      const test = await desk.admin.post<ConnectionTest>('/mailboxes/test', { imap })
      assert.equal(test.ok, false)
      const mailbox = await desk.admin.post<Mailbox>('/mailboxes', {
        address: 'silent@desk.test',
        departmentId: desk.department!.id,
        imap,
      })
      await stillTakesMail()
      const troubled = await eventually(
        'it says what is wrong',
        async () => (await desk.mailboxes()).find((m) => m.id === mailbox.id && m.lastError),
        300_000,
      )
      assert.notEqual(troubled.status, 'watching')
      await stillTakesMail()
    } finally {
      await silent.stop()
    }
  })

  it('leaves every history sound', () => audit.assertSound())
})

function nested(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary="b${i}"\r\n\r\n--b${i}\r\n`,
  ).join('')
  return `From: Nest <nest@client.example>\r\nTo: it@desk.test\r\nSubject: Nested\r\nMessage-ID: <nested@client.example>\r\nMIME-Version: 1.0\r\n${open}Content-Type: text/plain\r\n\r\nInside.\r\n`
}

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
