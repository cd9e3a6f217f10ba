import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../domain/people/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Audit } from './support/audit.ts'
import { IMAP_PASSWORD, Desk } from './support/desk.ts'
import { freshId, rawMail, without } from './support/mails.ts'

const MAILS = { roots: 580, replies: 400, duplicates: 20 }
/** People who act while they come. */
const AGENTS = 4
const TOTAL = MAILS.roots + MAILS.replies + MAILS.duplicates

type Account = 'it' | 'hr'
interface Thread {
  account: Account
  lastIn: Account
  inBoth: boolean
  ids: string[]
  requester: string
  colleague: string
}

/**
 * A week's outage: a thousand mails wait in two mailboxes, threads interleaved, some of them in
 * both.
 */
describe('a backlog of 1,000 mails', { skip: withoutDovecot }, () => {
  let desk: Desk
  let audit: Audit
  const threads: Thread[] = []

  before(async () => {
    desk = await Desk.empty()
    desk.dovecot.addUser('hr', IMAP_PASSWORD)
    audit = Audit.open(desk.guichet.databaseUrl)
    deliverAll(desk, threads)
  })
  after(async () => {
    await audit?.close()
    await desk?.close()
  })

  it('is taken in to the last one, beside what people do', async (t) => {
    const { id: departmentId } = await desk.admin.post<Department>('/departments', { name: 'Own' })
    const numbers = await Promise.all(
      Array.from({ length: AGENTS }, async (_, i) => {
        const { number } = await desk.admin.post<{ number: number }>('/tickets', {
          subject: `Known before ${i}`,
          departmentId,
          requester: { email: 'anna@client.example' },
        })
        return number
      }),
    )
    /** How long the slower ones of so many actions take, each agent doing one after the other. */
    const acting = async (actions: number): Promise<number> => {
      const took: number[] = []
      await Promise.all(
        numbers.map(async (number) => {
          for (let i = 0; i < actions; i++) {
            const began = performance.now()
            await desk.admin.post(`/tickets/${number}/notes`, { text: `Seen ${i}` })
            took.push(performance.now() - began)
          }
        }),
      )
      return took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.9)]!
    }
    await acting(5)
    const calm = await acting(20)
    const begun = Date.now()
    for (const [name, account] of [
      ['IT', 'it'],
      ['HR', 'hr'],
    ] as const) {
      const department = await desk.admin.post<Department>('/departments', {
        name,
        acknowledge: false,
      })
      await desk.admin.post('/mailboxes', {
        address: `${account}@desk.test`,
        departmentId: department.id,
        imap: desk.imap({ user: account }),
      })
    }
    await eventually('mails come in', async () => (await audit.settled()) > 20)
    await acting(2)
    const pressed = await acting(20)
    assert.ok((await audit.settled()) < TOTAL, 'there are still mails to come')
    await eventually(
      'all mails have their end',
      async () => {
        const ends = await audit.ends()
        const settled = Object.entries(ends).reduce(
          (sum, [end, count]) => sum + (end === 'waiting' ? 0 : count),
          0,
        )
        if (settled !== TOTAL) throw new Error(JSON.stringify(ends))
        return true
      },
      600_000,
    )
    const seconds = (Date.now() - begun) / 1_000
    const afterwards = await acting(20)
    const said = `${pressed.toFixed(0)} ms beside it, ${calm.toFixed(0)} before, ${afterwards.toFixed(0)} after`
    t.diagnostic(`agents, p90: ${said}`)
    assert.ok(pressed < 10 * Math.max(calm, afterwards), said)
    t.diagnostic(`${TOTAL} mails in ${seconds.toFixed(1)} s, ${(TOTAL / seconds).toFixed(0)}/s`)
  })

  it('loses nothing and doubles nothing', async () => {
    assert.deepEqual(await audit.ends(), {
      duplicate: MAILS.duplicates,
      reply: MAILS.replies,
      ticket: MAILS.roots,
    })
    assert.equal(await audit.count('ticket'), MAILS.roots + AGENTS)
    assert.equal(
      await audit.count(`message WHERE direction = 'inbound'`),
      MAILS.roots + MAILS.replies,
    )
    await audit.assertSound()
  })

  it('puts each reply into the ticket of its root', async () => {
    const tickets = await audit.ticketsByInternetId()
    const astray = threads.flatMap(({ ids }) =>
      ids.filter(
        (id) => tickets.get(id)?.length !== 1 || tickets.get(id)?.[0] !== tickets.get(ids[0]!)?.[0],
      ),
    )
    assert.deepEqual(astray, [])
    assert.equal(
      new Set(threads.map(({ ids }) => tickets.get(ids[0]!)?.[0])).size,
      MAILS.roots,
      'and no two threads in one ticket',
    )
  })

  it('keeps the order within a thread', async () => {
    // Between two mailboxes that are read side by side there is no order to keep.
    const longest = threads
      .filter((thread) => !thread.inBoth)
      .toSorted((a, b) => b.ids.length - a.ids.length)[0]!
    assert.ok(longest.ids.length > 3)
    const number = (await audit.ticketsByInternetId()).get(longest.ids[0]!)![0]!
    assert.deepEqual(
      (await desk.messages(number)).map((m) => m.internetId),
      longest.ids,
    )
    assert.equal((await desk.ticket(number)).messageCount, longest.ids.length)
  })
})

/** Delivers them in one order of time. The same seed gives the same thousand mails. */
function deliverAll(desk: Desk, threads: Thread[]): void {
  const random = seeded(20261124)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const kinds = shuffled(
    [
      ...Array<'root'>(MAILS.roots - 1).fill('root'),
      ...Array<'reply'>(MAILS.replies).fill('reply'),
      ...Array<'duplicate'>(MAILS.duplicates).fill('duplicate'),
    ],
    random,
  )
  const delivered: { account: Account; raw: string }[] = []
  const twice = new Set<string>()
  for (const [i, kind] of ['root' as const, ...kinds].entries()) {
    if (kind === 'duplicate') {
      const again = pick(delivered.filter(({ raw }) => !twice.has(raw)))
      twice.add(again.raw)
      desk.dovecot.deliver(again.account, again.raw)
      continue
    }
    const mail = kind === 'root' ? opening(threads, random, i) : answer(pick(threads), random, i)
    delivered.push(mail)
    desk.dovecot.deliver(mail.account, mail.raw)
  }
}

function opening(
  threads: Thread[],
  random: () => number,
  i: number,
): { account: Account; raw: string } {
  const account = random() < 0.7 ? 'it' : 'hr'
  const thread: Thread = {
    account,
    lastIn: account,
    inBoth: false,
    ids: [freshId()],
    requester: `person${i % 150}@client.example`,
    colleague: `colleague${i % 40}@client.example`,
  }
  threads.push(thread)
  const raw = rawMail({
    id: thread.ids[0]!,
    from: `Person ${i % 150} <${thread.requester}>`,
    to: `${thread.account}@desk.test`,
    cc: thread.colleague,
    // Many people write the same words: a subject must never be what joins two threads.
    subject: random() < 0.3 ? 'Problem' : `Request ${i}`,
    text: `Request number ${i}.\n`,
    ...(random() < 0.15
      ? {
          attachments: [
            {
              filename: `log${i}.txt`,
              contentType: 'text/plain',
              bytes: Buffer.from(`line ${i}\n`.repeat(200)),
            },
          ],
        }
      : {}),
  })
  return { account, raw: random() < 0.02 ? broken(raw, random) : raw }
}

function answer(
  thread: Thread,
  random: () => number,
  i: number,
): { account: Account; raw: string } {
  // One in ten goes to the other mailbox, where it may be read before the mail that it answers.
  const account = random() < 0.1 ? (thread.account === 'it' ? 'hr' : 'it') : thread.account
  const [from, cc] =
    random() < 0.8 ? [thread.requester, thread.colleague] : [thread.colleague, thread.requester]
  const id = freshId()
  const raw = rawMail({
    id,
    from,
    cc,
    to: `${account}@desk.test`,
    subject: 'Re: Problem',
    text: `Answer number ${i}.\n`,
    inReplyTo: thread.ids.at(-1)!,
    references: thread.ids,
  })
  // Where the mail answered lies in the same mailbox it has been read before, and its id alone must
  // do.
  const way = random()
  const alone = account === thread.lastIn
  Object.assign(thread, {
    lastIn: account,
    inBoth: thread.inBoth || account !== thread.account,
    ids: [...thread.ids, id],
  })
  return {
    account,
    raw:
      way < 0.1
        ? without(raw, 'In-Reply-To')
        : way < 0.2 && alone
          ? without(raw, 'References')
          : raw,
  }
}

/** Mail as careless programs write it. Each still is somebody's request. */
function broken(raw: string, random: () => number): string {
  const ways = [
    (r: string) => r.replace(/\r\n\r\n[\s\S]*/, '\r\n\r\n\xff\xfe\x00 not what the header says'),
    (r: string) =>
      r.replace(
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary="never-seen"\r\nMIME-Version: 1.0',
      ),
    (r: string) => r.replaceAll('\r\n', '\n'),
    (r: string) => r.replace(/^Date:.*$/m, 'Date: the day before yesterday'),
  ]
  return ways[Math.floor(random() * ways.length)]!(raw)
}

function shuffled<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j]!, list[i]!]
  }
  return list
}

/** Mulberry32: numbers in [0, 1) that only depend on the seed. */
function seeded(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
