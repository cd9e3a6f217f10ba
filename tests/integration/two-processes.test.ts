import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createTransport } from 'nodemailer'
import { ANSWER_CHANNELS, CommandAnswers } from '../../application/tickets/command-answers.ts'
import { TicketCommands } from '../../application/tickets/ticket-commands.ts'
import { openDatabase } from '../../platform/postgres/database.ts'
import { ListenConnection } from '../../platform/postgres/listen-connection.ts'
import type { Command } from '../../domain/commands.ts'
import type { Message } from '../../domain/conversation/contract.ts'
import { timeline } from '../../web/src/conversation/timeline.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { signalTicket } from '../../application/tickets/ticket-workflow.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { serverOf, withoutDovecot } from '../harness/needs.ts'
import { Audit } from './support/audit.ts'
import { Desk, OFFICIAL } from './support/desk.ts'
import { imapProxy } from './support/imap-proxy.ts'
import { freshId, rawMail } from './support/mails.ts'
import { Stream } from './support/stream.ts'

/** Two machines: each with a worker and an API, on one database and one Temporal namespace. */
describe('two workers and two APIs', { skip: withoutDovecot }, () => {
  let desk: Desk
  let second: Guichet
  let clients: ApiClient[] = []
  let audit: Audit
  let proxy: Awaited<ReturnType<typeof imapProxy>>

  before(async () => {
    desk = await Desk.open()
    proxy = await imapProxy(desk.dovecot)
    second = await Guichet.start({
      databaseUrl: desk.guichet.databaseUrl,
      namespace: desk.guichet.namespace,
    })
    clients = [desk.admin, await second.admin()]
    audit = Audit.open(desk.guichet.databaseUrl)
    await desk.admin.patch(`/mailboxes/${desk.mailbox!.id}`, {
      imap: desk.imap({ port: proxy.port }),
    })
    await eventually('the mailbox is read through the proxy', () => proxy.listening() === 1)
    await desk.watched()
  })
  after(async () => {
    await audit?.close()
    await second?.stop()
    await desk?.close()
    await proxy?.stop()
  })

  it('share the work and double none of it', async () => {
    for (let i = 0; i < 60; i++)
      desk.deliver(rawMail({ subject: `Shared ${i}`, from: `person${i}@client.example` }))
    await eventually('all mails have their end', async () => (await audit.settled()) === 60)
    assert.deepEqual(await audit.ends(), { ticket: 60 })
    const numbers = (await desk.tickets()).map((t) => t.number)
    await Promise.all(
      numbers
        .slice(0, 30)
        .map((number, i) =>
          clients[i % 2]!.post(`/tickets/${number}/messages`, { text: `Answer to ${number}` }),
        ),
    )
    await eventually('all answers are out', () => desk.peer.mails.length >= 30)
    await eventually(
      'and known to be',
      async () =>
        (await audit.count(`message WHERE direction = 'outbound' AND state = 'sent'`)) === 30,
    )
    const ids = desk.peer.mails.map((m) => /^Message-ID: *(\S+)/im.exec(m.raw.toString())?.[1])
    assert.deepEqual([ids.length, new Set(ids).size], [30, 30])
    // On a machine so busy that heartbeats come late a second watch may begin; the first one then
    // ends.
    await eventually('one of them watches the mailbox', () => proxy.listening() === 1)
    await audit.assertSound()
  })

  it('decide the commands of one ticket one after another, whichever API they come by', async () => {
    const { number } = (await desk.tickets())[0]!
    const before = (await desk.events(number)).length
    const notes = Array.from({ length: 20 }, (_, i) =>
      clients[i % 2]!.post(`/tickets/${number}/notes`, { text: `Note ${i}` }),
    )
    const owners = clients.map(async (client) =>
      client.patch(`/tickets/${number}`, { priority: 'urgent' }),
    )
    await Promise.all([...notes, ...owners])
    const added = (await desk.events(number)).slice(before)
    assert.equal(added.filter((e) => e.type === 'noteAdded').length, 20)
    assert.equal(
      added.filter((e) => e.type === 'priorityChanged').length,
      1,
      'what is already so changes nothing',
    )
    await audit.assertSound()
  })

  it('do a command once that comes twice, as after an answer that was lost', async (t) => {
    const { number } = (await desk.tickets())[3]!
    const command: Command<'addNote'> = {
      id: `twice-${randomUUID()}`,
      actor: { kind: 'operator', name: 'Ida' },
      payload: { noteId: randomUUID(), preview: 'Once.' },
    }
    const db = openDatabase(desk.guichet.databaseUrl)
    const listening = new ListenConnection(db.pool, ANSWER_CHANNELS, { warn: () => undefined })
    t.after(async () => {
      listening.close()
      await db.close()
    })
    const senders = await Promise.all(
      [1, 2].map(async () => {
        const sender = await connectTemporal(
          serverOf('TEST_TEMPORAL_ADDRESS'),
          desk.guichet.namespace,
        )
        t.after(() => sender.connection.close())
        return sender
      }),
    )
    const facts = { number, resume: true }
    const versions = await Promise.all(
      senders.flatMap(({ client }) => [
        signalTicket(client, facts, 'addNote', command),
        new TicketCommands(client, new CommandAnswers(db, listening))
          .execute(facts, 'addNote', command)
          .then(({ version }) => version),
      ]),
    )
    assert.equal((await desk.events(number)).filter((e) => e.type === 'noteAdded').length, 1)
    assert.equal((await desk.ticket(number)).version, versions[1])
    assert.equal(versions[1], versions[3], 'both are told the same')
  })

  it('let only one of two change what both had read', async () => {
    const { number, version } = await desk.ticket((await desk.tickets())[1]!.number)
    const answers = await Promise.all(
      clients.map((client, i) =>
        client.request('PATCH', `/tickets/${number}`, {
          priority: i ? 'low' : 'high',
          expectedVersion: version,
        }),
      ),
    )
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409])
  })

  it('tell the pages of the one what came by the other', async (t) => {
    const stream = await Stream.open(clients[1]!, t)
    const { number } = (await desk.tickets())[2]!
    await clients[0]!.patch(`/tickets/${number}`, { priority: 'urgent' })
    await stream.ticket((e) => e.number === number && e.types.includes('priorityChanged'))
  })

  it('keep the order of a thread whose mails come by the receivers of both, and each of them once', async () => {
    const threads = Array.from({ length: 10 }, (_, i) => thread(`Thread ${i}`))
    // The next mail of a thread leaves when the one before is accepted, not when it is routed.
    await Promise.all(
      threads.map(async ({ question, answer, thanks }, i) => {
        for (const [k, mail] of [question, answer, thanks].entries())
          await handIn((i + k) % 2 ? second : desk.guichet, mail.raw)
      }),
    )
    for (const { subject, question, answer, thanks } of threads) {
      const ids = (await conversation(subject, 3)).map(({ internetId }) => internetId)
      assert.deepEqual(ids, [question.id, answer.id, thanks.id])
    }
    await audit.assertSound()
  })

  it('put a question into the ticket of the answer that has overtaken it, and show it first', async () => {
    const threads = Array.from({ length: 6 }, (_, i) => thread(`Overtaken ${i}`))
    const waited = threads.slice(3)
    for (const { answer } of threads) await handIn(second, answer.raw)
    for (const { subject } of waited) await conversation(subject, 1)
    for (const { question } of threads) await handIn(desk.guichet, question.raw)
    for (const { subject, question, answer } of threads) {
      const messages = await conversation(subject, 2)
      assert.deepEqual(
        timeline(messages, [], []).map(({ id }) => messages.find((m) => m.id === id)!.internetId),
        [question.id, answer.id],
      )
    }
    await audit.assertSound()
  })

  it('are one ticket by its question, when three mails name only the one they answer, in any order', async () => {
    const orders = [
      [0, 2, 1],
      [2, 0, 1],
      [2, 1, 0],
      [1, 0, 2],
    ]
    await Promise.all(
      orders.flatMap((order, i) =>
        [`One by one ${i}`, `At once ${i}`].map(async (subject) => {
          const mails = bareThread(subject)
          const sent: string[] = []
          for (const [k, at] of order.entries()) {
            const { id, raw } = mails[at]!
            const taken = handIn((i + k) % 2 ? second : desk.guichet, raw)
            sent.push(id)
            if (subject.startsWith('One')) {
              await taken
              await settled(subject, sent.length)
            } else if (k === order.length - 1) await taken
          }
          await settled(subject, mails.length)
          const [ticket] = await eventually(`${subject} is one ticket`, async () => {
            const tickets = await goingOn(sent)
            return tickets.length === 1 && tickets
          })
          assert.deepEqual(
            [ticket!.subject, ticket!.requester],
            [subject, 'anna@client.example'],
            'as if the question had come first',
          )
        }),
      ),
    )
    await audit.assertSound()
  })

  it('are merged where an agent has worked on neither, or on one of them; else linked', async () => {
    for (const [subject, worked] of [
      ['Worked on the answer', [2]],
      ['Worked on the question', [0]],
      ['Worked on both', [0, 2]],
    ] as const) {
      const mails = bareThread(subject)
      for (const at of [0, 2]) await handIn(second, mails[at]!.raw)
      await settled(subject, 2)
      const numbers: number[] = []
      for (const at of worked) {
        const { number } = (await goingOn([mails[at]!.id]))[0]!
        await desk.admin.post(`/tickets/${number}/notes`, { text: 'I look at it.' })
        numbers.push(number)
      }
      await handIn(desk.guichet, mails[1]!.raw)
      await settled(subject, 3)
      const ids = mails.map(({ id }) => id)
      await eventually(subject, async () => {
        const tickets = await goingOn(ids)
        return worked.length === 1
          ? tickets.length === 1 && tickets[0]!.number === numbers[0]
          : tickets.some(({ linked }) => linked)
      })
      assert.equal((await goingOn(ids)).length, worked.length)
    }
    await audit.assertSound()
  })

  /** Question, answer, and what answers that: each names only the mail before it. */
  function bareThread(subject: string) {
    const ids = [freshId(), freshId(), freshId()]
    const [anna, bo] = ['anna@client.example', 'bo@client.example']
    return ids.map((id, i) => ({
      id,
      raw: rawMail({
        id,
        subject: i === 0 ? subject : `Re: ${subject}`,
        from: i === 1 ? bo : anna,
        cc: i === 1 ? anna : bo,
        text: `${subject}, mail ${i}.\n`,
        ...(i > 0 ? { inReplyTo: ids[i - 1]! } : {}),
      }),
    }))
  }

  const settled = (subject: string, count: number) =>
    eventually(
      `${count} mails of ${subject} are settled`,
      async () =>
        (await audit.count(
          `mail m JOIN message g ON g.id = m.message_id WHERE g.subject IN ($1, 'Re: ' || $1) AND m.state = 'settled'`,
          [subject],
        )) === count,
    )

  /** The tickets in which these mails go on. */
  const goingOn = (ids: readonly string[]) =>
    audit.rows<{ number: number; subject: string; requester: string; linked: boolean }>(
      `SELECT DISTINCT t.number, t.subject, t.requester_email AS requester,
         EXISTS (SELECT 1 FROM ticket_event e WHERE e.ticket_number = t.number AND e.type = 'ticketLinked') AS linked
       FROM message g LEFT JOIN ticket_merge m ON m.ticket_number = g.ticket_number
       JOIN ticket t ON t.number = coalesce(m.into_number, g.ticket_number)
       WHERE g.internet_id = ANY ($1)`,
      [ids],
    )

  /** Three mails to the desk, each to everybody: the first is large, so that it is parsed slowly. */
  function thread(subject: string) {
    const [anna, bo] = ['anna@client.example', 'bo@client.example']
    const mail = (from: string, answered: readonly string[], bytes: number) => {
      const id = freshId()
      const raw = rawMail({
        subject,
        from,
        cc: from === anna ? bo : anna,
        id,
        references: answered,
        ...(answered.length > 0 ? { inReplyTo: answered.at(-1)! } : {}),
        attachments: [{ filename: 'data', contentType: 'image/png', bytes: randomBytes(bytes) }],
      })
      return { id, raw }
    }
    const question = mail(anna, [], 2_000_000)
    const answer = mail(bo, [question.id], 10)
    const thanks = mail(anna, [question.id, answer.id], 10)
    return { subject, question, answer, thanks }
  }

  async function handIn(receiver: Guichet, raw: string): Promise<void> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: receiver.smtpPort,
      secure: false,
      tls: { rejectUnauthorized: false },
    })
    await transport.sendMail({
      envelope: { from: 'sender@client.example', to: OFFICIAL },
      raw,
    })
    transport.close()
  }

  /** The messages of the one ticket about this, once there are so many, in the order of its events. */
  async function conversation(subject: string, count: number): Promise<Message[]> {
    const settled = () =>
      audit.count(
        `mail m JOIN message g ON g.id = m.message_id WHERE g.subject = $1 AND m.state = 'settled'`,
        [subject],
      )
    await eventually(`the mails of ${subject} are settled`, async () => (await settled()) === count)
    const about = (await desk.tickets()).filter((ticket) => ticket.subject === subject)
    assert.equal(about.length, 1, `one ticket about ${subject}`)
    return desk.messages(about[0]!.number)
  }

  it('hand the mailbox over when its owner is killed', async (t) => {
    // After the first death the mailbox is the second's, if it was not before: its death then
    // leaves the mailbox without an owner for certain.
    for (const [survivor, victim] of [
      [second, desk.guichet],
      [desk.guichet, second],
    ] as const) {
      const subject = `After the death of one of ${survivor === second ? 'two' : 'both'}`
      await victim.kill('worker')
      const killed = Date.now()
      desk.deliver(rawMail({ subject, to: OFFICIAL }))
      await eventually(
        `a ticket about ${subject}`,
        async () => (await audit.count('ticket WHERE subject = $1', [subject])) === 1,
      )
      await eventually('one session listens again', () => proxy.listening() === 1)
      t.diagnostic(
        `${((Date.now() - killed) / 1_000).toFixed(1)} s after the kill the mail was a ticket`,
      )
      victim.spawn('worker')
      await victim.ready()
    }
    await audit.assertSound()
  })
})
