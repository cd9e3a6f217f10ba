import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { Backlog } from '../../../activities/mail-in/ledger/backlog.ts'
import { type SmtpReceiver, startSmtpReceiver } from '../../../activities/mail-in/smtp-receiver.ts'
import { composeReplyAddress } from '../../../domain/mail-in/reply-address.ts'
import { eventually } from '../../harness/eventually.ts'
import { freshId, rawMail } from '../../integration/support/mails.ts'
import { TakingMail } from './intake-desk.ts'

describe('the built-in SMTP receiver', () => {
  let desk: TakingMail
  let receiver: SmtpReceiver

  before(async () => {
    desk = await TakingMail.start()
    const department = await desk.department('IT')
    await desk.mailbox('it@desk.test', department, { aliases: ['helpdesk@desk.test'] })
    await desk.mailbox('hr@desk.test', await desk.department('HR'))
    await desk.mailbox('off@desk.test', department, { enabled: false })
    receiver = await startSmtpReceiver(
      { db: desk.db, intake: desk.intake, backlog: new Backlog(desk.db, () => 0), log: desk.log },
      { port: 0, host: '127.0.0.1' },
    )
  })
  after(async () => {
    await receiver?.stop()
    await desk?.stop()
  })

  async function send(
    raw: string | Buffer,
    to: string | string[] = 'it@desk.test',
    from = 'anna@client.example',
    { port } = receiver,
    localAddress = '127.0.0.1',
  ): Promise<string> {
    const transport = createTransport({ host: '127.0.0.1', port, secure: false, localAddress })
    try {
      return (await transport.sendMail({ envelope: { from, to }, raw })).response
    } finally {
      transport.close()
    }
  }

  it('takes mail for addresses, aliases, plus and reply addresses, and keeps the envelope', async () => {
    for (const to of [
      'it@desk.test',
      'HELPDESK@desk.test',
      'it+printer@desk.test',
      composeReplyAddress('it@desk.test', 1001, 'a'.repeat(16))!,
    ]) {
      assert.match(await send(rawMail({ id: freshId() }), to), /^250/)
    }
    await desk.intake.routed()
    const rows = await desk.rows<{ source: string; envelope_from: string; envelope_to: string[] }>(
      'SELECT source, envelope_from, envelope_to FROM mail ORDER BY id',
    )
    assert.deepEqual(
      rows.map((r) => [r.source, r.envelope_from]),
      Array(4).fill(['smtp', 'anna@client.example']),
    )
    assert.deepEqual(rows[1]!.envelope_to, ['helpdesk@desk.test'])
    assert.equal(
      (await desk.ledger()).every((l) => l.outcome === 'ticket'),
      true,
    )
  })

  it('asks senders to come again while more waits than can be read in time', async () => {
    const waiting = (count: number): Promise<unknown> =>
      desk.rows(
        `INSERT INTO mail (id, mailbox_id, source, folder, uid_validity, uid, content_key, blob_sha256, size, envelope_to, state)
         SELECT gen_random_uuid(), mailbox_id, source, 'waits', 0, n, content_key, blob_sha256, size, '{}', 'routed'
         FROM (SELECT * FROM mail LIMIT 1) m, generate_series(1, $1) n`,
        [count],
      )
    // Two a second: 240 within two minutes.
    const backlog = new Backlog(desk.db, () => 2, 10)
    const { db, intake, log } = desk
    const pressed = await startSmtpReceiver(
      { db, intake, backlog, log },
      { port: 0, host: '127.0.0.1' },
    )
    try {
      await desk.rows(`UPDATE mail SET state = 'settled', settled_at = now()`)
      await waiting(240)
      assert.match(await send(rawMail({}), 'it@desk.test', 'anna@client.example', pressed), /^250/)
      await desk.rows(
        `UPDATE mail SET state = 'settled', settled_at = now() WHERE state <> 'routed'`,
      )
      await desk.rows(`UPDATE mail SET uid = uid + 1000 WHERE folder = 'waits'`)
      await waiting(1)
      await eventually('it is counted', () => backlog.isFull())
      await assert.rejects(
        send(rawMail({}), 'it@desk.test', 'anna@client.example', pressed),
        /451 4\.3\.2/,
      )
      await desk.rows(`DELETE FROM mail WHERE folder = 'waits'`)
      await eventually('it is counted', async () => !(await backlog.isFull()))
      assert.match(await send(rawMail({}), 'it@desk.test', 'anna@client.example', pressed), /^250/)
    } finally {
      await pressed.stop()
      await desk.rows(`DELETE FROM mail WHERE folder = 'waits'`)
    }
  })

  it('is no relay: refuses every other recipient with a clear text', async () => {
    await assert.rejects(
      send(rawMail({}), 'nobody@desk.test'),
      /550 .*nobody@desk\.test.* no mailbox/,
    )
    await assert.rejects(send(rawMail({}), 'someone@elsewhere.example'), /550/)
    await assert.rejects(send(rawMail({}), 'off@desk.test'), /550/)
  })

  it('gives a mail for two departments to both', async () => {
    await send(rawMail({ subject: 'Both', to: 'it@desk.test, hr@desk.test' }), [
      'it@desk.test',
      'hr@desk.test',
    ])
    await desk.intake.routed()
    const departments = desk.sent.slice(-2).map((c) => c.facts.department)
    assert.deepEqual(departments.toSorted(), ['HR', 'IT'])
  })

  it('takes the same mail once when its sender did not hear the answer', async () => {
    const raw = rawMail({ id: freshId() })
    await send(raw)
    await send(raw)
    await desk.intake.routed()
    assert.deepEqual(
      (await desk.ledger()).slice(-2).map((l) => l.outcome),
      ['ticket', 'duplicate'],
    )
  })

  it('takes 40 MB whole, and refuses what is larger than it announces', async () => {
    const bytes = randomBytes(40 * 1024 * 1024)
    const raw = rawMail({
      subject: 'Large',
      attachments: [{ filename: 'v.mp4', contentType: 'video/mp4', bytes }],
    })
    assert.match(await send(raw), /^250/)
    await desk.intake.routed()
    const [kept] = await desk.rows<{ size: number }>(
      `SELECT size FROM attachment WHERE filename = 'v.mp4'`,
    )
    assert.equal(kept!.size, bytes.length)
    await assert.rejects(
      send(
        Buffer.concat([
          Buffer.from('Subject: huge\r\n\r\n'),
          Buffer.alloc(80 * 1024 * 1024, 'a\r\n'),
        ]),
      ),
      /55[24]|size/i,
    )
  })

  it('takes many mails over many connections at once', async () => {
    const before = (await desk.ledger()).length
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        send(rawMail({ subject: `Parallel ${i}`, id: freshId() })),
      ),
    )
    await eventually('all are routed', async () =>
      (await desk.ledger()).every((l) => l.state !== 'stored'),
    )
    assert.equal((await desk.ledger()).length, before + 60)
  })

  it('takes mail while any number of connections say nothing, from another address and from theirs', async () => {
    const sockets = new Set<net.Socket>()
    let turnedAway = 0
    const connect = (): void => {
      const socket = net.connect(receiver.port, '127.0.0.1')
      sockets.add(socket)
      socket
        .on('data', (said) => {
          if (/^421 4\.3\.2 /m.test(String(said))) turnedAway++
        })
        .on('error', () => undefined)
        .on('close', () => sockets.delete(socket))
    }
    try {
      for (let i = 0; i < 600; i++) connect()
      await eventually('those without a place are gone', () => sockets.size <= 150)
      assert.equal(turnedAway, 450)
      const other = (): Promise<string> =>
        send(rawMail({ id: freshId() }), undefined, undefined, undefined, '127.0.0.2')
      for (let i = 0; i < 5; i++) assert.match(await other(), /^250/)
      const theirs = await eventually('one of them gives way', () =>
        send(rawMail({ id: freshId() })),
      )
      assert.match(theirs, /^250/)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })

  it('keeps nothing of a mail whose sender breaks off', async () => {
    const before = (await desk.ledger()).length
    await new Promise<void>((resolve, reject) => {
      const socket = net.connect(receiver.port, '127.0.0.1')
      const said = [
        'EHLO x\r\n',
        'MAIL FROM:<a@b.example>\r\n',
        'RCPT TO:<it@desk.test>\r\n',
        'DATA\r\n',
        'Subject: half\r\n\r\nhalf a ma',
      ]
      socket
        .on('data', (chunk) => {
          if (/^(?:\d{3}-.*\r\n)*\d{3}-[^\r]*\r\n$/.test(String(chunk))) return
          const next = said.shift()
          if (next) socket.write(next)
          if (said.length === 0) setTimeout(() => socket.destroy(), 50)
        })
        .on('close', () => {
          resolve()
        })
        .on('error', reject)
    })
    assert.match(await send(rawMail({ id: freshId() })), /^250/)
    assert.equal((await desk.ledger()).length, before + 1, 'the one after it, and nothing of it')
  })

  it('answers 451 while the database is down, and 250 as soon as it is back', async () => {
    const name = new URL(desk.database.url).pathname.slice(1)
    const superuser = new pg.Client({
      connectionString: desk.database.url.replace(`/${name}`, '/postgres'),
    })
    await superuser.connect()
    const raw = rawMail({ subject: 'While it was down', id: freshId() })
    try {
      await superuser.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
      await superuser.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
        [name],
      )
      await assert.rejects(send(raw), /451 .*try again/i)
      await superuser.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
    } finally {
      await superuser.end()
    }
    assert.match(await eventually('the receiver takes mail again', () => send(raw)), /^250/)
    await desk.intake.routed()
    assert.equal((await desk.ledger()).at(-1)!.outcome, 'ticket')
  })
})
