import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../harness/eventually.ts'
import { freshNamespace } from '../harness/guichet.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Audit } from './support/audit.ts'
import { Desk } from './support/desk.ts'
import { freshId, rawMail } from './support/mails.ts'
import { TemporalServer } from './support/temporal-server.ts'

const MAILS = 200
const FOLLOW_UPS = 60
const REPLIES = 50

/**
 * Kills processes with SIGKILL at random moments: nobody gets to put anything away. Every mail and
 * every reply is there once all the same.
 */
describe('processes that are killed', { skip: withoutDovecot }, () => {
  let temporal: TemporalServer
  let desk: Desk
  let audit: Audit

  before(async () => {
    temporal = await TemporalServer.start()
    desk = await Desk.open({
      env: { TEMPORAL_ADDRESS: temporal.address },
      namespace: await freshNamespace(temporal.address),
    })
    audit = Audit.open(desk.guichet.databaseUrl)
  })
  after(async () => {
    await audit?.close()
    await desk?.close()
    await temporal?.remove()
  })

  const killings: Record<
    string,
    { kill: () => Promise<unknown>; restart: () => Promise<unknown> }
  > = {
    'the worker': {
      kill: () => desk.guichet.kill('worker'),
      restart: async () => {
        desk.guichet.spawn('worker')
      },
    },
    'worker and API': {
      kill: () => Promise.all([desk.guichet.kill('worker'), desk.guichet.kill('api')]),
      restart: () => desk.guichet.startAll(),
    },
    Temporal: { kill: () => temporal.kill(), restart: () => temporal.start() },
  }

  /** Kills at the moment when a random part of what there is to do has been done. */
  async function killWhen(
    name: string,
    done: () => Promise<number>,
    from: number,
    to: number,
  ): Promise<string> {
    const moment = from + Math.floor(Math.random() * (to - from))
    await eventually(
      `${moment} done before killing ${name}`,
      async () => (await done()) >= moment,
      300_000,
    )
    const at = await done()
    await killings[name]!.kill()
    await killings[name]!.restart()
    return `${name} at ${at} of ${to}`
  }

  it(`finds each of ${MAILS} mails once`, async (t) => {
    const roots = Array.from({ length: MAILS - FOLLOW_UPS }, (_, i) => ({
      id: freshId(),
      from: `person${i}@client.example`,
      subject: `Request ${i}`,
    }))
    const answers = Array.from({ length: FOLLOW_UPS }, (_, i) => ({
      id: freshId(),
      root: roots[(i * 7) % roots.length]!,
    }))
    for (const root of roots) desk.deliver(rawMail(root))
    for (const { id, root } of answers)
      desk.deliver(
        rawMail({
          id,
          from: root.from,
          subject: `Re: ${root.subject}`,
          inReplyTo: root.id,
          references: [root.id],
        }),
      )
    const moments: string[] = []
    for (const [i, name] of ['the worker', 'Temporal', 'worker and API', 'the worker'].entries()) {
      moments.push(await killWhen(name, audit.settled, (MAILS * i) / 4, (MAILS * (i + 1)) / 4 - 1))
    }
    t.diagnostic(`killed ${moments.join(', ')}`)
    await eventually(
      'all mails have their end',
      async () => {
        if ((await audit.settled()) < MAILS) throw new Error(JSON.stringify(await audit.ends()))
        return true
      },
      300_000,
    )
    assert.deepEqual(await audit.ends(), { reply: FOLLOW_UPS, ticket: MAILS - FOLLOW_UPS })
    await audit.assertSound()
    const tickets = await audit.ticketsByInternetId()
    for (const { id, root } of answers)
      assert.deepEqual(
        tickets.get(id),
        tickets.get(root.id),
        `the answer to ${root.subject} is in its ticket`,
      )
    await desk.guichet.ready()
    assert.equal((await desk.tickets()).length, MAILS - FOLLOW_UPS)
  })

  it(`sends each of ${REPLIES} replies once, or says that it may have arrived twice`, async (t) => {
    const tickets = (await desk.tickets()).slice(0, REPLIES)
    const accepted = new Map<string, number>()
    // An agent who gets no answer looks whether the reply is there before writing it again.
    const write = async (number: number): Promise<void> => {
      for (let attempt = 0; attempt < 20; attempt++) {
        await desk.admin
          .request('POST', `/tickets/${number}/messages`, { text: `Answer to ${number}.` })
          .catch(() => undefined)
        const written = await eventually('the API answers', async () =>
          (await desk.messages(number)).filter((m) => m.direction === 'outbound'),
        )
        if (written.length > 0) return void accepted.set(written[0]!.id, number)
      }
      throw new Error(`No answer to #${number} was accepted.`)
    }
    const writing = Promise.all(
      [0, 1, 2, 3].map(async (part) => {
        for (const { number } of tickets.filter((_, i) => i % 4 === part)) await write(number)
      }),
    )
    const atPeer = (): Promise<number> => Promise.resolve(desk.peer.mails.length)
    const moments: string[] = []
    for (const [i, name] of ['the worker', 'worker and API', 'the worker'].entries())
      moments.push(await killWhen(name, atPeer, 2 + i * 16, 14 + i * 16))
    t.diagnostic(`killed ${moments.join(', ')}`)
    await writing
    interface Sent {
      id: string
      internet_id: string
      state: string
      flags: string[]
    }
    const outbound = await eventually(
      'all replies have their end',
      async () => {
        const rows = await audit.rows<Sent>(
          `SELECT id, internet_id, state, flags FROM message WHERE direction = 'outbound' AND event_no IS NOT NULL`,
        )
        const open = rows.filter((m) => !['sent', 'doubtful'].includes(m.state))
        if (open.length > 0)
          throw new Error(
            `${open.length} of ${rows.length} are ${[...new Set(open.map((m) => m.state))].join(', ')}`,
          )
        return rows
      },
      300_000,
    )
    const arrived = new Map<string, number>()
    for (const { raw } of desk.peer.mails) {
      const id = /^Message-ID:\s*<([^>]+)>/im.exec(raw.toString())?.[1] ?? 'none'
      arrived.set(id, (arrived.get(id) ?? 0) + 1)
    }
    const doubted = outbound.filter(
      (m) => m.flags.includes('may-have-arrived-twice') || m.state === 'doubtful',
    )
    t.diagnostic(`${doubted.length} of ${outbound.length} marked as possibly arrived twice`)
    for (const message of outbound) {
      const times = arrived.get(message.internet_id) ?? 0
      const excused =
        doubted.includes(message) && (times === 2 || (message.state === 'doubtful' && times === 0))
      assert.ok(
        times === 1 || excused,
        `reply ${message.id} (${message.state}, ${message.flags.join()}) arrived ${times} times`,
      )
    }
    assert.equal(accepted.size, REPLIES)
    assert.deepEqual(
      [...arrived.keys()].filter((id) => !outbound.some((m) => m.internet_id === id)),
      [],
      'nothing arrived that the tickets know nothing of',
    )
    await audit.assertSound()
  })
})
