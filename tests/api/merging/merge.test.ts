import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { TicketAsOf, TicketDetail } from '../../../domain/tickets/contract.ts'
import type { ChildrenNotified } from '../../../domain/merging/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { Message, Note } from '../../../domain/conversation/contract.ts'
import { composeReplyAddress } from '../../../domain/mail-in/reply-address.ts'
import { replyToken } from '../../../application/mail-out/reply-token.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { freshId } from '../../integration/support/mails.ts'
import { ApiDesk, type Person, SECRET_KEYS } from '../support/api-desk.ts'
import { MailDesk } from '../support/mail-desk.ts'
import { carryOutJobs, owedJobs } from '../support/owed-jobs.ts'
import { assertProblem } from '../support/problems.ts'

const ANNA = 'Anna Weber <anna@client.example>'
const BO = 'Bo Lind <bo@client.example>'

describe('merging and splitting tickets', () => {
  let desk: ApiDesk
  let mail: MailDesk
  let it_: Department
  let hr: Department
  let ida: Person
  let hanna: Person

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    ida = await desk.person('Ida IT', 'agent', [it_])
    hanna = await desk.person('Hanna HR', 'agent', [hr])
    mail = await MailDesk.open(desk, it_.id)
  })
  after(() => desk?.close())

  const ticket = (number: number): Promise<TicketDetail> => ida.client.get(`/tickets/${number}`)
  const conversation = async (number: number): Promise<string[]> =>
    (await ida.client.get<{ items: Message[] }>(`/tickets/${number}/messages`)).items.map((m) =>
      m.text.trim(),
    )
  const messages = async (number: number): Promise<Message[]> =>
    (await ida.client.get<{ items: Message[] }>(`/tickets/${number}/messages`)).items
  const opened = async (from: string, text: string): Promise<{ number: number; id: string }> => {
    const id = freshId()
    return {
      number: await mail.take({ from, id, subject: `About ${text}`, text: `${text}\n` }),
      id,
    }
  }
  const carryOut = () => carryOutJobs(desk.pool, desk.workflows.execute)
  const owed = async (): Promise<number[]> =>
    (await owedJobs(desk.pool)).flatMap(({ kind, ticketNumber }) =>
      kind === 'mergeStep' ? [ticketNumber] : [],
    )
  /** The ticket without what every event changes. */
  const kept = ({ version: _version, updatedAt: _updated, links: _links, ...rest }: TicketDetail) =>
    rest

  it('a merged ticket is closed, and its messages, notes, watchers and participants are the other one’s', async () => {
    const a = await opened(ANNA, 'a1')
    const b = await opened(BO, 'b1')
    await ida.client.post(`/tickets/${a.number}/notes`, { text: 'A note on a' })
    await ida.client.post(`/tickets/${a.number}/watchers`, { userId: ida.id })
    const merged = await ida.client.post<TicketDetail>(`/tickets/${a.number}/merge`, {
      into: b.number,
    })
    assert.deepEqual(
      [merged.status, merged.mergedInto],
      ['closed', { number: b.number, subject: 'About b1' }],
    )
    const into = await ticket(b.number)
    assert.deepEqual(into.mergedTickets, [{ number: a.number, subject: 'About a1' }])
    assert.deepEqual(
      [into.messageCount, into.watchers.map((w) => w.name), into.participants],
      [2, ['Ida IT'], ['anna@client.example', 'bo@client.example']],
    )
    assert.deepEqual(await conversation(b.number), ['a1', 'b1'], 'in the order in which they came')
    const { items } = await ida.client.get<{ items: Note[] }>(`/tickets/${b.number}/notes`)
    assert.deepEqual(
      items.map((n) => [n.text, n.ticketNumber]),
      [['A note on a', a.number]],
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/messages`, { text: 'Hello' }),
      409,
      'ticket-merged',
    )
    assertProblem(
      await ida.client.request('PATCH', `/tickets/${a.number}`, { status: 'open' }),
      409,
      'ticket-merged',
    )
  })

  it('later mail to the merged ticket goes to the other one: by reference, by subject, by its reply address', async () => {
    const a = await opened(ANNA, 'a2')
    const b = await opened(BO, 'b2')
    await ida.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    assert.equal(await mail.take({ from: ANNA, inReplyTo: a.id, text: 'by reference\n' }), b.number)
    assert.equal(
      await mail.take({ from: ANNA, subject: `Re: [#${a.number}] About a2`, text: 'by subject\n' }),
      b.number,
    )
    assert.equal(
      await mail.take({
        from: ANNA,
        to: composeReplyAddress('it@desk.test', a.number, replyToken(SECRET_KEYS, a.number))!,
        text: 'by address\n',
      }),
      b.number,
    )
    assert.equal(
      await mail.take({ from: ANNA, inReplyTo: b.id, text: 'to the other\n' }),
      b.number,
      'who took part in the merged one takes part in the other',
    )
    assert.equal(
      (await messages(b.number)).every((m) => !m.flags.includes('stranger')),
      true,
    )
    assert.deepEqual(await conversation(b.number), [
      'a2',
      'b2',
      'by reference',
      'by subject',
      'by address',
      'to the other',
    ])

    const c = await opened(BO, 'c2')
    await ida.client.post(`/tickets/${b.number}/merge`, { into: c.number })
    assert.equal(
      await mail.take({ from: ANNA, inReplyTo: a.id, text: 'two merges on\n' }),
      c.number,
    )
    assert.equal((await conversation(c.number)).length, 8)
    assert.equal((await ticket(c.number)).messageCount, 8)
  })

  it('undoing brings all back as it was; what came meanwhile stays where it went', async () => {
    const a = await opened(ANNA, 'a3')
    const b = await opened(BO, 'b3')
    await ida.client.post(`/tickets/${a.number}/watchers`, { userId: ida.id })
    await ida.client.patch(`/tickets/${a.number}`, { status: 'waiting' })
    const [wasA, wasB] = [kept(await ticket(a.number)), kept(await ticket(b.number))]
    await ida.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    const undone = await ida.client.post<TicketDetail>(`/tickets/${a.number}/unmerge`)
    assert.deepEqual(kept(undone), wasA)
    assert.deepEqual(kept(await ticket(b.number)), wasB)
    assert.deepEqual([await conversation(a.number), await conversation(b.number)], [['a3'], ['b3']])
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/unmerge`),
      409,
      'ticket-not-merged',
    )

    await ida.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'meanwhile\n' })
    await ida.client.post(`/tickets/${a.number}/unmerge`)
    assert.deepEqual(
      [await conversation(a.number), await conversation(b.number)],
      [['a3'], ['b3', 'meanwhile']],
    )
    assert.equal(await mail.take({ from: ANNA, inReplyTo: a.id, text: 'back again\n' }), a.number)
    assert.deepEqual(
      await desk.pool
        .query(
          'SELECT 1 FROM ticket_merge UNION ALL SELECT 1 FROM merged_ticket WHERE ticket_number = $1',
          [b.number],
        )
        .then((r) => r.rowCount),
      (await desk.pool.query('SELECT 1 FROM ticket_merge')).rowCount,
    )
  })

  it('refuses loops and dead ends, clearly and without a trace', async () => {
    const [a, b, c] = [await opened(ANNA, 'a4'), await opened(BO, 'b4'), await opened(BO, 'c4')]
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/merge`, { into: a.number }),
      422,
      'merge-into-itself',
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/merge`, { into: 999_999 }),
      422,
      'linked-ticket-not-found',
    )
    await ida.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    assertProblem(
      await ida.client.request('POST', `/tickets/${b.number}/merge`, { into: a.number }),
      409,
      'merge-into-merged',
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${c.number}/merge`, { into: a.number }),
      409,
      'merge-into-merged',
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/merge`, { into: c.number }),
      409,
      'ticket-already-merged',
    )
    await ida.client.patch(`/tickets/${b.number}`, { status: 'closed' })
    assertProblem(
      await ida.client.request('POST', `/tickets/${c.number}/merge`, { into: b.number }),
      409,
      'merge-into-closed',
    )
    const secret = await desk.mailTicket(hr)
    assertProblem(
      await ida.client.request('POST', `/tickets/${c.number}/merge`, { into: secret.number }),
      422,
      'linked-ticket-not-found',
    )
    assertProblem(
      await hanna.client.request('POST', `/tickets/${c.number}/merge`, { into: secret.number }),
      404,
      'not-found',
    )
    assert.equal((await ticket(c.number)).version, 2)
  })

  it('who sees the other ticket reads what was merged into it from a department that they do not see', async () => {
    const a = await desk.mailTicket(it_, {
      text: 'with a file',
      attachments: [{ filename: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('a') }],
    })
    const b = await desk.mailTicket(hr, { text: 'hr' })
    await desk.admin.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    const { items } = await hanna.client.get<{ items: Message[] }>(`/tickets/${b.number}/messages`)
    assert.deepEqual(
      items.map((m) => m.text),
      ['with a file', 'hr'],
    )
    assert.equal(
      (await hanna.client.fetch('GET', `/attachments/${a.attachmentIds[0]}`)).status,
      200,
    )
    assert.equal((await hanna.client.fetch('GET', `/messages/${a.messageId}/source`)).status, 200)
    assert.equal(
      (await ida.client.get<TicketDetail>(`/tickets/${a.number}`)).mergedInto?.subject,
      null,
      'and who does not see it learns its number alone',
    )
  })

  it('a process that dies between the two steps leaves no half of a merge: the first ticket owes the missing one', async () => {
    await carryOut()
    const [a, b] = [await opened(ANNA, 'a5'), await opened(BO, 'b5')]
    const mergeId = timeOrderedId()
    const actor = { kind: 'agent' as const, id: ida.id, name: ida.name }
    await desk.workflows.execute({ number: a.number, resume: true }, 'mergeInto', {
      id: 'half-a-merge',
      actor,
      payload: { mergeId, into: b.number, subject: 'About b5' },
    })
    assert.deepEqual(await conversation(b.number), ['b5'])
    assert.deepEqual(await owed(), [a.number], 'the second step is owed from the first on')
    await carryOut()
    assert.deepEqual(await conversation(b.number), ['a5', 'b5'])
    const { items } = await ida.client.get<{ items: { type: string; actor: unknown }[] }>(
      `/tickets/${b.number}/events`,
    )
    assert.deepEqual(
      items.find((e) => e.type === 'mergeAccepted')?.actor,
      actor,
      'in the name of who began it',
    )

    await desk.workflows.execute({ number: a.number, resume: true }, 'undoMerge', {
      id: 'half-an-undoing',
      actor,
      payload: { mergeId, refused: false },
    })
    await carryOut()
    assert.deepEqual([await conversation(b.number), await owed()], [['b5'], []])
  })

  it('three merges at once that would go in a circle: what the last cannot take in is taken back', async () => {
    const numbers = [
      (await opened(ANNA, 'a6')).number,
      (await opened(BO, 'b6')).number,
      (await opened(BO, 'c6')).number,
    ]
    for (const [i, number] of numbers.entries()) {
      await desk.workflows.execute({ number, resume: true }, 'mergeInto', {
        id: `circle-${i}`,
        actor: { kind: 'system', name: 'Guichet' },
        payload: { mergeId: timeOrderedId(), into: numbers[(i + 1) % 3]!, subject: 'x' },
      })
    }
    for (let pass = 0; pass < 3; pass++) await carryOut()
    assert.deepEqual(await owed(), [])
    const roots = (await Promise.all(numbers.map(ticket))).filter((t) => t.mergedInto === null)
    assert.ok(roots.length >= 1, 'at least one stands for itself')
    const all = (await Promise.all(roots.map((t) => conversation(t.number)))).flat().sort()
    assert.deepEqual(all, ['a6', 'b6', 'c6'], 'and no message is lost or shown twice')
  })

  it('messages can be split off into a new ticket, which is linked and gets the answers to them', async () => {
    const a = await opened(ANNA, 'first matter')
    const second = freshId()
    await mail.take({ from: ANNA, inReplyTo: a.id, id: second, text: 'second matter\n' })
    await mail.take({ from: ANNA, inReplyTo: second, text: 'more on the second\n' })
    const from = (await messages(a.number))[1]!
    const made = await ida.client.post<TicketDetail>(`/tickets/${a.number}/split`, {
      fromMessageId: from.id,
      subject: 'The second matter',
    })
    assert.deepEqual(
      [made.subject, made.status, made.requester.email, made.messageCount, made.department.id],
      ['The second matter', 'new', 'anna@client.example', 2, it_.id],
    )
    assert.deepEqual(
      made.links.map((l) => [l.number, l.kind, l.direction]),
      [[a.number, 'relates', 'to']],
    )
    assert.deepEqual(
      [await conversation(a.number), await conversation(made.number)],
      [['first matter'], ['second matter', 'more on the second']],
    )
    const source = await ticket(a.number)
    assert.deepEqual(
      [source.messageCount, source.splitOff],
      [1, [{ number: made.number, subject: 'The second matter', messageCount: 2 }]],
    )
    assert.equal(
      await mail.take({ from: ANNA, inReplyTo: second, text: 'an answer\n' }),
      made.number,
    )
    const signed = composeReplyAddress('it@desk.test', a.number, replyToken(SECRET_KEYS, a.number))!
    assert.equal(
      await mail.take({
        from: ANNA,
        to: signed,
        inReplyTo: second,
        text: 'an answer to the old address\n',
      }),
      made.number,
    )
    assert.equal(
      await mail.take({ from: ANNA, to: signed, inReplyTo: a.id, text: 'on the first\n' }),
      a.number,
    )

    const undone = await ida.client.post<TicketDetail>(`/tickets/${made.number}/unsplit`)
    assert.deepEqual(
      [undone.status, undone.mergedInto?.number, undone.splitFrom],
      ['closed', a.number, null],
    )
    assert.deepEqual(await conversation(a.number), [
      'first matter',
      'second matter',
      'more on the second',
      'an answer',
      'an answer to the old address',
      'on the first',
    ])
    assert.equal((await ticket(a.number)).messageCount, 6)
    assert.equal(await mail.take({ from: ANNA, inReplyTo: second, text: 'again\n' }), a.number)
    assertProblem(
      await ida.client.request('POST', `/tickets/${made.number}/unsplit`),
      409,
      'ticket-not-split',
    )
    await carryOut()
    assert.deepEqual(await owed(), [])
  })

  it('of two splits of the same messages at once one is made, and the other refused', async () => {
    const a = await opened(ANNA, 'hi')
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'second\n' })
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'third\n' })
    const second = (await messages(a.number))[1]!
    const split = (subject: string) =>
      ida.client.request<TicketDetail>('POST', `/tickets/${a.number}/split`, {
        fromMessageId: second.id,
        subject,
      })
    const answers = await Promise.all([split('X'), split('Y')])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422])
    assertProblem(
      answers.find(({ status }) => status === 422)!,
      422,
      'message-not-here',
    )
    const made = answers.find(({ status }) => status === 201)!.body
    assert.deepEqual(
      [await conversation(a.number), await conversation(made.number)],
      [['hi'], ['second', 'third']],
    )
    const source = await ticket(a.number)
    assert.deepEqual(
      [source.messageCount, source.preview, source.splitOff.map((one) => one.messageCount)],
      [1, 'hi', [2]],
    )
    assert.deepEqual([made.messageCount, made.preview], [2, 'third'])
  })

  it('of two splits at once that together would take all, one is refused: a message stays', async () => {
    const a = await opened(ANNA, 'first')
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'second\n' })
    const all = await messages(a.number)
    const answers = await Promise.all(
      all.map(({ id }) =>
        ida.client.request<TicketDetail>('POST', `/tickets/${a.number}/split`, {
          messageIds: [id],
          subject: 'x',
        }),
      ),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422])
    assertProblem(
      answers.find(({ status }) => status === 422)!,
      422,
      'split-takes-all',
    )
    const left = await conversation(a.number)
    assert.equal(left.length, 1)
    assert.equal((await ticket(a.number)).messageCount, 1)
  })

  it('a merged ticket that goes on by itself again counts what is shown in it, whoever split it', async () => {
    const [a, b] = [await opened(ANNA, 'a8'), await opened(BO, 'b8')]
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'taken\n' })
    await ida.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    const taken = (await messages(b.number)).find(({ text }) => text.trim() === 'taken')!
    await ida.client.post(`/tickets/${b.number}/split`, { messageIds: [taken.id], subject: 'x' })
    await ida.client.post(`/tickets/${a.number}/unmerge`)
    await carryOut()
    for (const [number, text] of [
      [a.number, 'a8'],
      [b.number, 'b8'],
    ] as const) {
      assert.deepEqual(await conversation(number), [text])
      const { messageCount, preview } = await ticket(number)
      assert.deepEqual([messageCount, preview], [1, text])
    }
  })

  it('a message of a merged ticket is given away by one of the two, whoever is asked', async () => {
    const [a, b] = [await opened(ANNA, 'a7'), await opened(BO, 'b7')]
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'wanted\n' })
    await ida.client.post(`/tickets/${a.number}/merge`, { into: b.number })
    const wanted = (await messages(b.number)).find(({ text }) => text.trim() === 'wanted')!
    await ida.client.post(`/tickets/${a.number}/unmerge`)
    const late = desk.workflows.execute({ number: b.number, resume: true }, 'splitOff', {
      id: 'late-split',
      actor: { kind: 'agent', id: ida.id, name: ida.name },
      payload: { splitId: timeOrderedId(), into: 900_100, subject: 'x', messageIds: [wanted.id] },
    })
    await assert.rejects(late, { code: 'message-not-here' })
    assert.deepEqual(await conversation(a.number), ['a7', 'wanted'])
    assert.equal((await ticket(b.number)).messageCount, 1)
  })

  it('a split of a split counts what each ticket shows, also when the first is undone', async () => {
    const a = await opened(ANNA, 'one')
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'two\n' })
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'three\n' })
    const [, two, three] = await messages(a.number)
    const split = (number: number, messageId: string) =>
      ida.client.post<TicketDetail>(`/tickets/${number}/split`, {
        fromMessageId: messageId,
        subject: 'x',
      })
    const made = await split(a.number, two!.id)
    const further = await split(made.number, three!.id)
    await ida.client.post(`/tickets/${made.number}/unsplit`)
    await carryOut()
    for (const [number, texts] of [
      [a.number, ['one', 'two']],
      [further.number, ['three']],
    ] as const) {
      assert.deepEqual(await conversation(number), texts)
      const { messageCount, preview } = await ticket(number)
      assert.deepEqual([messageCount, preview], [texts.length, texts.at(-1)])
    }
  })

  it('refuses a split that leaves nothing, or takes what is not there', async () => {
    const [a, b] = [await opened(ANNA, 'one'), await opened(ANNA, 'other')]
    const [own] = await messages(a.number)
    const [foreign] = await messages(b.number)
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/split`, {
        messageIds: [own!.id],
        subject: 'x',
      }),
      422,
      'split-takes-all',
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/split`, {
        messageIds: [foreign!.id],
        subject: 'x',
      }),
      422,
      'message-not-here',
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${a.number}/split`, { subject: 'x' }),
      400,
      'request-invalid',
    )
    assert.equal((await ticket(a.number)).version, 2)
  })

  it('a process that dies in a split leaves the second step owed, too', async () => {
    const a = await opened(ANNA, 'kept')
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'moved\n' })
    const [, moved] = await messages(a.number)
    const splitId = timeOrderedId()
    const {
      rows: [row],
    } = await desk.pool.query<{ number: number }>(`SELECT nextval('ticket_number')::int AS number`)
    await desk.workflows.execute({ number: a.number, resume: true }, 'splitOff', {
      id: 'half-a-split',
      actor: { kind: 'agent', id: ida.id, name: ida.name },
      payload: { splitId, into: row!.number, subject: 'Moved', messageIds: [moved!.id] },
    })
    await carryOut()
    assert.deepEqual(await conversation(row!.number), ['moved'])
    assert.deepEqual(await owed(), [])
  })

  it('tells the requesters of complementary requests, once', async () => {
    const parent = await opened(ANNA, 'the network is down')
    const child = await ida.client.post<TicketDetail>('/tickets', {
      subject: 'No network',
      departmentId: it_.id,
      requester: { email: 'carl@client.example' },
      text: 'None at all',
      childOf: parent.number,
    })
    assert.deepEqual(
      child.links.map((l) => [l.number, l.kind]),
      [[parent.number, 'childOf']],
    )
    const done = await ida.client.post<TicketDetail>('/tickets', {
      subject: 'Slow network',
      departmentId: it_.id,
      requester: { email: 'dora@client.example' },
      text: 'Slow',
      childOf: parent.number,
    })
    await ida.client.patch(`/tickets/${done.number}`, { status: 'solved' })
    assert.deepEqual(
      await ida.client.post<ChildrenNotified>(`/tickets/${parent.number}/children/solve`, {
        text: 'It works again.',
      }),
      { notified: [child.number], kept: [], failed: [] },
    )
    assert.equal((await ticket(child.number)).status, 'solved')
    assert.deepEqual(
      (await messages(child.number))
        .map((m) => [m.direction, m.to.map((one) => one.address)])
        .at(-1),
      ['outbound', ['carl@client.example']],
    )
    assert.deepEqual(
      await ida.client.post<ChildrenNotified>(`/tickets/${parent.number}/children/solve`, {
        text: 'It works again.',
      }),
      { notified: [], kept: [], failed: [] },
    )
    assertProblem(
      await ida.client.request('POST', '/tickets', {
        subject: 'x',
        departmentId: it_.id,
        requester: { email: 'a@b.example' },
        childOf: 999_999,
      }),
      422,
      'linked-ticket-not-found',
    )
  })

  it('shows a ticket as it was at any moment of its past', async () => {
    const { number } = await opened(ANNA, 'long ago')
    await ida.client.patch(`/tickets/${number}`, { priority: 'high' })
    const before = (await ticket(number)).updatedAt
    await new Promise((resolve) => setTimeout(resolve, 5))
    await ida.client.patch(`/tickets/${number}`, { subject: 'Now', status: 'solved' })
    const then = await ida.client.get<TicketAsOf>(`/tickets/${number}/as-of?at=${before}`)
    assert.deepEqual(
      [then.version, then.subject, then.status, then.priority, then.solvedAt],
      [3, 'About long ago', 'new', 'high', null],
    )
    assert.deepEqual(
      (await ida.client.get<TicketAsOf>(`/tickets/${number}/as-of?version=2`)).priority,
      'normal',
    )
    assert.deepEqual(
      (await ida.client.get<TicketAsOf>(`/tickets/${number}/as-of?version=5`)).subject,
      'Now',
    )
    assertProblem(
      await ida.client.request('GET', `/tickets/${number}/as-of?at=2001-01-01T00:00:00Z`),
      404,
      'not-found',
    )
    assertProblem(
      await ida.client.request('GET', `/tickets/${number}/as-of?version=99`),
      404,
      'not-found',
    )
    assertProblem(
      await ida.client.request('GET', `/tickets/${number}/as-of`),
      400,
      'request-invalid',
    )
    assertProblem(
      await hanna.client.request('GET', `/tickets/${number}/as-of?version=1`),
      404,
      'not-found',
    )
  })

  it('shows the conversation of a past moment, whatever was merged and split since', async () => {
    const a = await opened(ANNA, 'first matter')
    await mail.take({ from: ANNA, inReplyTo: a.id, text: 'second matter\n' })
    const b = await opened(ANNA, 'same matter')
    const shown = async (number: number, version: number) =>
      (
        await ida.client.get<TicketAsOf>(`/tickets/${number}/as-of?version=${version}`)
      ).messages.map((m) => m.text.trim())
    const version = async (number: number) => (await ticket(number)).version
    const alone = await version(a.number)
    await ida.client.post(`/tickets/${b.number}/merge`, { into: a.number })
    const merged = await version(a.number)
    const second = (await messages(a.number)).find((m) => m.text.trim() === 'second matter')!
    const made = await ida.client.post<TicketDetail>(`/tickets/${a.number}/split`, {
      messageIds: [second.id],
      subject: 'The second matter',
    })
    const split = await version(a.number)
    await ida.client.post(`/tickets/${b.number}/unmerge`)
    await ida.client.post(`/tickets/${made.number}/unsplit`)
    assert.deepEqual(await shown(a.number, alone), ['first matter', 'second matter'])
    assert.deepEqual((await shown(a.number, merged)).sort(), [
      'first matter',
      'same matter',
      'second matter',
    ])
    assert.deepEqual(await shown(a.number, split), ['first matter', 'same matter'])
    assert.deepEqual(await shown(made.number, 1), ['second matter'])
    assert.deepEqual(await shown(a.number, await version(a.number)), [
      'first matter',
      'second matter',
    ])
  })
})
