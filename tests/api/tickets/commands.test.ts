import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { z } from 'zod'
import type { Department } from '../../../domain/people/contract.ts'
import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type {
  bulkResult,
  commandState,
  KeptCommandItem,
  OwnKeptCommand,
  TicketDetail,
  TicketSummary,
} from '../../../domain/tickets/contract.ts'
import type { Approval, LinkedApproval } from '../../../domain/approvals/contract.ts'
import type { ConfirmationOffer } from '../../../domain/assets/contract.ts'
import type { Kept } from '../../../domain/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { eventually } from '../../harness/eventually.ts'
import { Stream } from '../../integration/support/stream.ts'
import { signPage } from '../../../platform/secrets/signed-page.ts'
import { type ApiDesk, type Person, SECRET_KEYS } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'
import { openWorkedDesk, type TicketWorker, type WorkedDesk } from '../support/temporal-worker.ts'

type BulkResult = z.infer<typeof bulkResult>
type CommandState = z.infer<typeof commandState>

/** The whole way of a command: request, workflow, decision, projection, answer, stream. */
describe('working on a ticket through its workflow', () => {
  let open: WorkedDesk | undefined
  let desk: ApiDesk
  let worker: TicketWorker
  let it_: Department
  let sam: Person
  let number: number

  before(async () => {
    open = await openWorkedDesk({ answerMs: 8_000 })
    ;({ desk, worker, department: it_, agent: sam } = open)
    number = (await desk.mailTicket(it_)).number
  })
  after(async () => {
    await open?.close()
  })

  const events = async (n = number): Promise<TicketEvent[]> =>
    (await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${n}/events?limit=200`)).items
  const ticket = (n = number): Promise<TicketDetail> =>
    sam.client.get<TicketDetail>(`/tickets/${n}`)

  it('one change request becomes a line of history for each thing changed, and the answer shows them all', async () => {
    const { id: categoryId } = await desk.admin.client.post<{ id: string }>('/categories', {
      name: 'Hardware',
    })
    const after = await sam.client.patch<TicketDetail>(`/tickets/${number}`, {
      status: 'solved',
      resolution: 'done',
      ownerId: sam.id,
      priority: 'high',
      categoryId,
      subject: 'Printer of Anna',
    })
    assert.deepEqual(after, await ticket(), 'what was answered is what is read afterwards')
    assert.deepEqual(
      [
        after.status,
        after.resolution,
        after.owner?.id,
        after.priority,
        after.category,
        after.subject,
      ],
      ['solved', 'done', sam.id, 'high', { id: categoryId, name: 'Hardware' }, 'Printer of Anna'],
    )
    assert.ok(after.solvedAt)
    const lines = (await events()).slice(2)
    assert.deepEqual(
      lines.map((e) => e.type),
      [
        'subjectChanged',
        'priorityChanged',
        'categoryChanged',
        'ownerChanged',
        'resolutionChanged',
        'statusChanged',
      ],
    )
    for (const line of lines)
      assert.deepEqual(line.actor, { kind: 'agent', id: sam.id, name: sam.name })
    assert.equal(after.version, 8)
    assert.equal(
      (await sam.client.patch<TicketDetail>(`/tickets/${number}`, { priority: 'high' })).version,
      8,
      'what is so already changes nothing',
    )
  })

  it('of a change whose last part is refused nothing is done', async () => {
    const before = await ticket()
    assertProblem(
      await sam.client.request('PATCH', `/tickets/${number}`, {
        priority: 'low',
        subject: 'Not this',
        status: 'new',
      }),
      409,
      'status-not-new-again',
    )
    assert.deepEqual(await ticket(), before)
  })

  it('of two who change the same version one is told', async () => {
    const { version } = await ticket()
    const answers = await Promise.all(
      ['low', 'urgent'].map((priority) =>
        sam.client.request('PATCH', `/tickets/${number}`, { priority, expectedVersion: version }),
      ),
    )
    assert.ok(answers.some((a) => a.status === 200))
    assertProblem(
      await sam.client.request('PATCH', `/tickets/${number}`, {
        priority: 'normal',
        expectedVersion: version,
      }),
      409,
      'version-outdated',
    )
  })

  it('an answer is written down, sent, and then shown as sent', async (t) => {
    const stream = await Stream.open(sam.client, t)
    const message = await sam.client.post<Message>(`/tickets/${number}/messages`, {
      html: '<p>Please <b>restart</b> it.<script>x</script></p>',
      cc: ['boss@client.example'],
      status: 'waiting',
    })
    assert.deepEqual(
      [
        message.direction,
        message.author?.id,
        message.oneWay,
        message.to.map((a) => a.address),
        message.cc.map((a) => a.address),
      ],
      ['outbound', sam.id, true, ['anna@client.example'], ['boss@client.example']],
    )
    assert.doesNotMatch(message.html ?? '', /script/)
    assert.ok(message.internetId?.includes('@'))
    const sent = await eventually('the message is sent', async () =>
      (await sam.client.get<{ items: Message[] }>(`/tickets/${number}/messages`)).items.find(
        (m) => m.id === message.id && m.state === 'sent',
      ),
    )
    assert.equal(sent.stateDetail, '250 OK')
    assert.deepEqual(worker.delivered, [message.id])
    assert.deepEqual(
      [(await ticket()).status, (await ticket()).lastDirection],
      ['waiting', 'outbound'],
    )
    await stream.ticket((e) => e.types.includes('messageSent'))
    assert.ok(
      stream.tickets.some((e) => e.types.includes('messageQueued') && e.departmentId === it_.id),
    )
    const { items } = await sam.client.get<{ items: { id: string; state: string }[] }>(
      '/outbox?state=sent',
    )
    assert.deepEqual(
      items.map((m) => m.id),
      [message.id],
    )
  })

  it('a request that was not answered is made again under its key, and is one message and one note', async () => {
    const { number: asked } = await desk.mailTicket(it_)
    /** Sends it three times at once, and each again until it has the answer. */
    const sent = async (path: string, body: object): Promise<string> => {
      const headers = { 'idempotency-key': randomUUID() }
      const ids = await Promise.all(
        [1, 2, 3].map(() =>
          eventually(`the answer of ${path}`, async () => {
            const answer = await sam.client.fetch('POST', path, body, { headers })
            const { id } = (await answer.json()) as { id: string }
            if (answer.status === 409) assert.equal(answer.headers.get('retry-after'), '1')
            else assert.equal(answer.status, 201)
            return answer.status === 201 && id
          }),
        ),
      )
      assert.equal(new Set(ids).size, 1, path)
      return ids[0]!
    }
    const id = await sent(`/tickets/${asked}/messages`, {
      text: 'Is it plugged in?',
      status: 'waiting',
    })
    const noteId = await sent(`/tickets/${asked}/notes`, { text: 'Asked Anna.' })
    const lines = (await events(asked)).filter(({ type }) =>
      ['messageQueued', 'noteAdded'].includes(type),
    )
    assert.deepEqual(
      lines
        .map(({ data }) => data as { messageId?: string; noteId?: string })
        .map((d) => d.messageId ?? d.noteId),
      [id, noteId],
    )
  })

  it('takes no id for a message or a note: the key says what is the same', async () => {
    for (const what of ['messages', 'notes'])
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/${what}`, {
          id: randomUUID(),
          text: 'Mine.',
        }),
        400,
        'request-invalid',
        '/id',
      )
  })

  it('a held answer can be taken back until it leaves, and is then gone from the conversation', async () => {
    const before = await ticket()
    const shown = [before.preview, before.lastDirection, before.lastMessageAt]
    const message = await sam.client.post<Message>(`/tickets/${number}/messages`, {
      text: 'Too quick',
      holdSeconds: 120,
    })
    assert.equal(message.state, 'held')
    const left = Date.parse(message.heldUntil ?? '') - Date.now()
    assert.ok(left > 60_000 && left <= 120_000, `${left} ms`)
    for (const [state, flags, revocable] of [
      ['queued', [], true],
      ['queued', ['put-off:anna@client.example'], false],
      ['queued', ['may-have-arrived-twice'], false],
      ['sending', [], false],
      ['held', [], true],
    ] as const) {
      await desk.pool.query('UPDATE message SET state = $2, flags = $3 WHERE id = $1', [
        message.id,
        state,
        flags,
      ])
      const shown = await sam.client.get<{ items: Message[] }>(`/tickets/${number}/messages`)
      assert.equal(shown.items.find(({ id }) => id === message.id)?.revocable, revocable, state)
    }
    const cancel = () => sam.client.request('POST', `/messages/${message.id}/cancel`)
    assert.deepEqual(
      (await Promise.all([cancel(), cancel()])).map(({ status }) => status),
      [204, 204],
      'also for who was slower',
    )
    const { preview, lastDirection, lastMessageAt } = await ticket()
    assert.deepEqual([preview, lastDirection, lastMessageAt], shown)
    assert.equal(
      (await sam.client.get<{ items: Message[] }>(`/tickets/${number}/messages`)).items.some(
        (m) => m.id === message.id,
      ),
      false,
    )
    assert.equal((await events()).at(-1)?.type, 'messageCancelled')
    assert.equal((await cancel()).status, 204, 'it is taken back already')
    const sent = await sam.client.post<Message>(`/tickets/${number}/messages`, { text: 'Gone' })
    await eventually('known as sent', async () =>
      (await events()).some(
        (e) => e.type === 'messageSent' && 'messageId' in e.data && e.data.messageId === sent.id,
      ),
    )
    assertProblem(
      await sam.client.request('POST', `/messages/${sent.id}/cancel`),
      409,
      'message-already-left',
    )
    assertProblem(
      await sam.client.request('POST', `/messages/${sent.id}/retry`),
      409,
      'message-not-pending',
    )
  })

  it('a message that failed is sent again under its own Message-ID', async () => {
    const message = await sam.client.post<Message>(`/tickets/${number}/messages`, {
      text: 'Try again',
    })
    await eventually('sent once', () => worker.delivered.includes(message.id))
    await eventually('known as sent', async () =>
      (await events()).some(
        (e) => e.type === 'messageSent' && 'messageId' in e.data && e.data.messageId === message.id,
      ),
    )
    await desk.system(number, 'deliveryReported', {
      messageId: message.id,
      recipient: 'anna@client.example',
      action: 'failed',
      status: '5.1.1',
      detail: 'no such user',
    })
    assert.equal((await ticket()).deliveryTrouble, true)
    const again = await sam.client.post<Message>(`/messages/${message.id}/retry`)
    assert.equal(again.internetId, message.internetId)
    await eventually(
      'sent twice',
      () => worker.delivered.filter((id) => id === message.id).length === 2,
    )
    await eventually('no trouble any more', async () => !(await ticket()).deliveryTrouble)
  })

  it('notes, watchers and links are kept, listed and taken away', async () => {
    const note = await sam.client.post<Note>(`/tickets/${number}/notes`, { text: 'Mainboard' })
    assert.deepEqual((await sam.client.get<{ items: Note[] }>(`/tickets/${number}/notes`)).items, [
      note,
    ])
    await sam.client.post(`/tickets/${number}/watchers`, { userId: sam.id })
    assert.deepEqual(
      (await sam.client.get<{ items: { id: string }[] }>(`/tickets/${number}/watchers`)).items.map(
        (w) => w.id,
      ),
      [sam.id],
    )
    assert.equal(
      (await sam.client.request('DELETE', `/tickets/${number}/watchers/${sam.id}`)).status,
      204,
    )
    assertProblem(await sam.client.request('DELETE', `/tickets/${number}/watchers/${sam.id}`), 404)
    const other = await desk.mailTicket(it_, { subject: 'The same again' })
    const links = await sam.client.post<{ items: unknown[] }>(`/tickets/${number}/links`, {
      number: other.number,
      kind: 'duplicateOf',
    })
    assert.deepEqual(links.items, [
      {
        number: other.number,
        kind: 'duplicateOf',
        direction: 'to',
        subject: 'The same again',
        status: 'new',
      },
    ])
    assert.deepEqual(
      (await ticket(other.number)).links.map((l) => [l.number, l.direction]),
      [[number, 'from']],
    )
    assert.equal(
      (await sam.client.request('DELETE', `/tickets/${number}/links/duplicateOf/${other.number}`))
        .status,
      204,
    )
    assert.deepEqual((await ticket()).links, [])
  })

  it('a ticket is opened by hand or by a program, with the request as its first message', async () => {
    const made = await sam.client.request<TicketDetail>('POST', '/tickets', {
      subject: 'By phone',
      departmentId: it_.id,
      requester: { email: 'BEN@client.example', name: 'Ben' },
      text: 'He called.',
      priority: 'urgent',
    })
    assert.equal(made.status, 201)
    assert.equal(made.headers.get('location'), `/api/v1/tickets/${made.body.number}`)
    assert.deepEqual(
      [
        made.body.requester,
        made.body.priority,
        made.body.messageCount,
        made.body.participants,
        made.body.preview,
      ],
      [
        { email: 'ben@client.example', name: 'Ben' },
        'urgent',
        1,
        ['ben@client.example'],
        'He called.',
      ],
    )
    const {
      items: [message],
    } = await sam.client.get<{ items: Message[] }>(`/tickets/${made.body.number}/messages`)
    assert.deepEqual(
      [message?.direction, message?.from, message?.text, message?.author?.id, message?.hasSource],
      ['inbound', { address: 'ben@client.example', name: 'Ben' }, 'He called.', sam.id, false],
    )
    assert.ok(
      (await sam.client.get<{ items: { number: number }[] }>('/tickets?q=called')).items.some(
        (t) => t.number === made.body.number,
      ),
    )
    const program = desk.client()
    program.token = (await sam.client.post<{ token: string }>('/tokens', { name: 'Import' })).token
    const bare = await program.post<TicketDetail>('/tickets', {
      subject: 'From a program',
      departmentId: it_.id,
      requester: { email: 'c@client.example' },
    })
    assert.equal(bare.messageCount, 0)
    assert.equal(
      (await events(bare.number))[0]?.type === 'ticketOpened' &&
        ((await events(bare.number))[0]?.data as { channel: string }).channel,
      'api',
    )
    assertProblem(
      await sam.client.request('POST', '/tickets', {
        subject: 'x',
        departmentId: (await desk.department('HR')).id,
        requester: { email: 'x@y.z' },
      }),
      422,
      'department-not-found',
    )
  })

  it('many are changed at once, each for itself', async () => {
    const numbers = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, i) => (await desk.mailTicket(it_, { subject: `Bulk ${i}` })).number,
      ),
    )
    await sam.client.patch(`/tickets/${numbers[0]}`, { status: 'open' })
    const result = await sam.client.post<BulkResult>('/tickets/bulk', {
      numbers: [...numbers, 999_999],
      change: { status: 'new' },
    })
    assert.deepEqual(
      [result.changed, result.failed.map((f) => [f.number, f.code])],
      [
        numbers.slice(1).sort((a, b) => a - b),
        [
          [numbers[0], 'status-not-new-again'],
          [999_999, 'not-found'],
        ],
      ],
    )
    const all = await sam.client.post<BulkResult>('/tickets/bulk', {
      numbers,
      change: { ownerId: sam.id, status: 'closed' },
    })
    assert.deepEqual(all, {
      changed: [...numbers].sort((a, b) => a - b),
      kept: [],
      failed: [],
    })
    for (const n of numbers)
      assert.deepEqual([(await ticket(n)).status, (await ticket(n)).owner?.id], ['closed', sam.id])
  })

  it('a closed ticket, whose workflow has ended, is taken up again', async () => {
    await sam.client.patch(`/tickets/${number}`, { status: 'closed' })
    const reopened = await sam.client.patch<TicketDetail>(`/tickets/${number}`, { status: 'open' })
    assert.deepEqual([reopened.status, reopened.closedAt], ['open', null])
  })

  it('while no worker runs, a command is kept and done later; refused then, it is in the history and its sender is told', async () => {
    const { version } = await ticket()
    await worker.stop()
    const change = (body: object) => sam.client.request<Kept>('PATCH', `/tickets/${number}`, body)
    const asking = Promise.all([change({ priority: 'urgent' }), change({ status: 'new' })])
    const colleague = await desk.person('Lee Long', 'agent', [it_])
    const kept = async (person = colleague): Promise<KeptCommandItem[]> =>
      (await person.client.get<{ items: KeptCommandItem[] }>(`/tickets/${number}/commands`)).items
    const asked = await eventually(
      'a colleague sees what is asked, also while it is waited for',
      async () => {
        const items = await kept()
        return items.length === 2 ? items : undefined
      },
    )
    const marked = async () =>
      (await colleague.client.get<{ items: TicketSummary[] }>('/tickets?limit=200')).items.flatMap(
        (one) => (one.hasKeptCommands ? [one.number] : []),
      )
    assert.deepEqual(await marked(), [number], 'and lists mark its ticket alone')
    assert.deepEqual(
      asked.map(({ by, on }) => [by, on]),
      [1, 2].map(() => [{ id: sam.id, name: sam.name }, null]),
    )
    assert.deepEqual(
      asked.flatMap((one) => one.asked).toSorted((a, b) => a.what.localeCompare(b.what)),
      [
        { what: 'setPriority', value: 'urgent' },
        { what: 'setStatus', value: 'new' },
      ],
    )
    const [done, late] = await asking
    assert.deepEqual(
      new Set((await kept()).map(({ id }) => id)),
      new Set([done, late].map(({ body }) => body.commandId)),
    )
    for (const answer of [done, late])
      assert.deepEqual(
        [answer.status, answer.body.accepted, answer.body.code, answer.body.ticketNumber],
        [202, true, 'command-kept', number],
      )
    const became = (kept: Kept, person = sam) =>
      person.client.get<CommandState>(`/tickets/${number}/commands/${kept.commandId}`)
    assert.equal((await became(done.body)).state, 'waiting')
    const many = await sam.client.post<BulkResult>('/tickets/bulk', {
      numbers: [number, 999_999],
      change: { ownerId: sam.id },
    })
    assert.deepEqual(
      [many.changed, many.kept.map((k) => k.ticketNumber), many.failed.map((f) => f.number)],
      [[], [number], [999_999]],
      'of many, what is kept has not failed',
    )
    assert.equal((await became(many.kept[0] as Kept)).state, 'waiting')
    assert.equal((await ticket()).version, version, 'nothing has happened, and reading goes on')
    await worker.start()
    await eventually('it is done', async () => (await ticket()).priority === 'urgent')
    const refused = await eventually('the refused one is in the history', async () =>
      (await events()).find((e) => e.type === 'commandRejected'),
    )
    assert.deepEqual(refused.actor, { kind: 'agent', id: sam.id, name: sam.name })
    assert.deepEqual(refused.data, {
      command: 'changeStatus',
      code: 'status-not-new-again',
      message: 'A ticket that was worked on cannot become new again.',
      values: { status: 'new' },
      asked: [{ what: 'setStatus', value: 'new' }],
    })
    await eventually('nothing is kept any more', async () => (await kept()).length === 0)
    assert.deepEqual(await marked(), [])
    const { items } = await sam.client.get<{ items: { kind: string; ticketNumber: number }[] }>(
      '/notifications',
    )
    assert.ok(items.some((n) => n.kind === 'commandRefused' && n.ticketNumber === number))
    assert.deepEqual(await became(done.body), {
      state: 'done',
      code: null,
      detail: null,
      values: null,
      written: null,
    })
    assert.deepEqual(await became(late.body), {
      state: 'refused',
      code: 'status-not-new-again',
      detail: 'A ticket that was worked on cannot become “new” again.',
      values: { status: 'new' },
      written: null,
    })
    const stranger = await desk.person('Elsewhere', 'agent', [await desk.department('Stores')])
    const { commandId } = done.body
    const unknown = async ({ client }: Person, ticketNumber: number, id: string) =>
      assertProblem(
        await client.request('GET', `/tickets/${ticketNumber}/commands/${id}`),
        404,
        'not-found',
      ).detail
    assert.equal(
      await unknown(stranger, number, commandId),
      await unknown(stranger, number, randomUUID()),
      'what is not theirs to know is as what is not there',
    )
    await unknown(sam, number, randomUUID())
    await unknown(sam, 999_999, commandId)
    assertProblem(
      await stranger.client.request('GET', `/tickets/${number}/commands`),
      404,
      'not-found',
    )
  })

  it('what is answered by a personal page while no worker runs is told by the page wherever it is opened, and to nobody else', async () => {
    const boss = { email: 'boss@client.example', name: 'Boss' }
    const deputy = { email: 'deputy@client.example', name: 'Deputy' }
    const { id, round } = await sam.client.post<Approval>(`/tickets/${number}/approvals`, {
      subject: 'A laptop',
      text: 'The old one is broken.',
      stages: [{ rule: { kind: 'all' }, approvers: [boss, deputy] }],
    })
    const { id: assetId } = await sam.client.post<{ id: string }>('/assets', {
      name: 'Laptop 12',
      type: 'Laptop',
    })
    const confirmation = await sam.client.post<{ id: string }>(`/tickets/${number}/confirmations`, {
      kind: 'handOver',
      assetIds: [assetId],
      person: boss,
    })
    const signed = (purpose: 'approval' | 'confirmation', subject: Record<string, string>) =>
      signPage(SECRET_KEYS, purpose, subject, new Date(Date.now() + 86_400_000))
    const linkOf = (approver: string): string =>
      `/approval-links/${signed('approval', { ticket: String(number), approval: id, round: String(round), approver })}`
    const page = `/confirmation-links/${signed('confirmation', { id: confirmation.id })}`
    const link = (approver: string) => desk.client().get<LinkedApproval>(linkOf(approver))
    const offer = () => desk.client().get<ConfirmationOffer>(page)
    assert.deepEqual(
      [(await link(boss.email)).recording, (await offer()).recordingSince],
      [null, null],
    )

    await worker.stop()
    const before = Date.now()
    const answering = Promise.all([
      desk.client().request('POST', `${linkOf(boss.email)}/decision`, {
        decision: 'refused',
        comment: 'Too dear.',
      }),
      desk.client().request('POST', page, { answer: 'given' }),
    ])
    const recording = await eventually(
      'another browser is told',
      async () => (await link(boss.email)).recording ?? undefined,
    )
    assert.deepEqual(
      [recording.what, recording.by, Object.keys(recording).length],
      ['decision', 'Boss', 3],
      'that it was decided, not how',
    )
    assert.ok(Date.parse(recording.at) >= before)
    assert.equal((await link(deputy.email)).recording, null, 'who is asked too decides freely')
    await eventually('so is that of the confirmation', async () => {
      const { state, recordingSince } = await offer()
      return state === 'asked' && Date.parse(recordingSince ?? '') >= before
    })
    await worker.start()
    for (const { status } of await answering) assert.ok([200, 202].includes(status))
    await eventually('the link has ended', async () => {
      const { status } = await desk.client().request('GET', linkOf(boss.email))
      return status === 410
    })
    await eventually('it is confirmed', async () => (await offer()).state === 'given')
    assert.equal((await offer()).recordingSince, null)
  })

  it('a ticket that is kept, and the other ticket’s step of a split, wait from the moment in which that is said', async (t) => {
    const state = (person: Person, n: number, id: string) =>
      person.client.request<CommandState>('GET', `/tickets/${n}/commands/${id}`)
    const other = await desk.person('Mia Moss', 'agent', [it_])
    await worker.stop()
    const opened = await sam.client.request<Kept>('POST', '/tickets', {
      subject: 'While nobody works',
      departmentId: it_.id,
      requester: { email: 'anna@client.example' },
    })
    assert.equal(opened.status, 202)
    const { ticketNumber, commandId } = opened.body
    const stranger = await desk.person('Nell North', 'agent', [await desk.department('North')])
    const { id: cellar } = await desk.admin.client.post<{ id: string }>('/locations', {
      name: 'Cellar',
      kind: 'site',
    })
    const limited = await desk.person('Lou Low', 'agent', [it_])
    await desk.admin.client.request('PUT', `/users/${limited.id}/locations`, {
      locationIds: [cellar],
    })
    const asked = [{ what: 'openTicket', name: 'While nobody works' }]
    for (const person of [sam, other]) {
      assert.equal((await state(person, ticketNumber, commandId)).body.state, 'waiting')
      const { items } = await person.client.get<{ items: KeptCommandItem[] }>(
        `/tickets/${ticketNumber}/commands`,
      )
      assert.deepEqual(
        items.map(({ id, by, asked: what }) => [id, by.id, what]),
        [[commandId, sam.id, asked]],
        'whoever asked for it, and who will see it',
      )
    }
    for (const person of [stranger, limited]) {
      assertProblem(await state(person, ticketNumber, commandId), 404, 'not-found')
      assertProblem(
        await person.client.request('GET', `/tickets/${ticketNumber}/commands`),
        404,
        'not-found',
      )
    }
    const own = async (person: Person) =>
      (await person.client.get<{ items: OwnKeptCommand[] }>('/me/commands')).items.filter(
        ({ ticketNumber: n }) => n === ticketNumber,
      )
    assert.deepEqual(
      (await own(sam)).map((one) => [one.id, one.subject, one.asked]),
      [[commandId, 'While nobody works', asked]],
    )
    assert.deepEqual(await own(other), [], 'one’s own')

    const [splitId, into] = [randomUUID(), 900_001]
    const { version } = await ticket()
    await desk.pool.query(
      `WITH line AS (
         INSERT INTO ticket_event (ticket_number, no, type, at, actor, command_id, ordinal, data)
         VALUES ($1, $2, 'messagesSplitOff', now(), $3, $4, 0, $5))
       INSERT INTO ticket_job (ticket_number, kind, event_no) VALUES ($1, 'mergeStep', $2)`,
      [
        number,
        version + 1000,
        { kind: 'agent', id: sam.id, name: sam.name },
        `split-${splitId}`,
        { splitId, into, subject: 'Another matter', messageIds: [] },
      ],
    )
    t.after(() =>
      desk.pool.query(
        `WITH job AS (DELETE FROM ticket_job WHERE ticket_number = $1 AND event_no = $2)
         DELETE FROM ticket_event WHERE ticket_number = $1 AND no = $2`,
        [number, version + 1000],
      ),
    )
    assert.equal((await state(sam, into, `openSplit-${splitId}`)).body.state, 'waiting')
    assertProblem(await state(other, into, `openSplit-${splitId}`), 404, 'not-found')
    await worker.start()
    await eventually(
      'the ticket is opened, and who sees it may know',
      async () => (await state(other, ticketNumber, commandId)).body.state === 'done',
    )
    assert.deepEqual(await own(sam), [])
    assertProblem(await state(limited, ticketNumber, commandId), 404, 'not-found')
  })

  it('what was written with a kept command that is refused is given back whole, and nothing waits to be sent', async () => {
    const asked = (await desk.mailTicket(it_)).number
    await sam.client.post(`/tickets/${asked}/tasks`, { title: 'Look at it', required: true })
    const { id: attachmentId } = await sam.client.upload<{ id: string }>('/attachments', {
      filename: 'jam.txt',
      contentType: 'text/plain',
      bytes: Buffer.from('It jams here.'),
    })
    const text = `Dear Anna,\n\n${'we have looked at it. '.repeat(200)}\n\nSam`
    await worker.stop()
    const { status, body: kept } = await sam.client.request<Kept>(
      'POST',
      `/tickets/${asked}/messages`,
      { text, status: 'solved', attachmentIds: [attachmentId] },
    )
    assert.equal(status, 202)
    await worker.start()
    const state = (person: Person) =>
      person.client.get<CommandState>(`/tickets/${asked}/commands/${kept.commandId}`)
    const refused = await eventually('it is refused', async () => {
      const now = await state(sam)
      return now.state === 'refused' ? now : undefined
    })
    assert.deepEqual([refused.code, refused.values], ['tasks-open', { tasks: 'Look at it' }])
    const atOnce = await sam.client.request('PATCH', `/tickets/${asked}`, { status: 'solved' })
    const problem = assertProblem(atOnce, 409, 'tasks-open')
    assert.deepEqual(
      [problem.values, problem.detail],
      [refused.values, refused.detail],
      'what is answered at once says the same',
    )
    const many = await sam.client.post<BulkResult>('/tickets/bulk', {
      numbers: [asked],
      change: { status: 'solved' },
    })
    assert.deepEqual(many.failed, [
      { number: asked, code: 'tasks-open', message: refused.detail, values: refused.values },
    ])
    assert.deepEqual(refused.written?.texts, [{ field: 'text', text }])
    assert.deepEqual(
      refused.written?.attachments.map(({ id, filename }) => [id, filename]),
      [[attachmentId, 'jam.txt']],
    )
    assert.equal((await state(desk.admin)).written, null, 'theirs alone')
    const { rows } = await desk.pool.query('SELECT id FROM message WHERE ticket_number = $1', [
      asked,
    ])
    assert.equal(rows.length, 1, 'the request that it answered')
    const again = await sam.client.post<Message>(`/tickets/${asked}/messages`, {
      text: refused.written?.texts[0]?.text,
      attachmentIds: [attachmentId],
    })
    assert.deepEqual(
      again.attachments.map(({ filename }) => filename),
      ['jam.txt'],
      'its files can be sent again',
    )
  })

  it('an answer that is kept can be taken back while it is, also one that was not to be held back; nothing of it is sent', async () => {
    const asked = (await desk.mailTicket(it_)).number
    const stranger = await desk.person('Nora Nord', 'agent', [await desk.department('Norden')])
    await worker.stop()
    const answer = (text: string, holdSeconds: number) =>
      sam.client.request<Kept>('POST', `/tickets/${asked}/messages`, { text, holdSeconds })
    const answers = await Promise.all([
      answer('Too quick', 60),
      answer('Quicker still', 0),
      answer('As it is', 0),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202, 202],
    )
    const { items } = await sam.client.get<{ items: KeptCommandItem[] }>(
      `/tickets/${asked}/commands`,
    )
    const idOf = (text: string) =>
      items.find(({ asked: [what] }) => what?.name === text)?.on?.id ?? assert.fail(text)
    const [held, unheld, leaving] = [idOf('Too quick'), idOf('Quicker still'), idOf('As it is')]
    const cancel = (id: string, person = sam) =>
      person.client.request<Kept>('POST', `/messages/${id}/cancel`)
    assertProblem(await cancel(held, stranger), 404, 'not-found')
    assertProblem(await cancel(randomUUID()), 404, 'not-found')
    const taken = await cancel(held)
    assert.deepEqual([taken.status, (await cancel(unheld)).status], [202, 202])
    await worker.start()
    await eventually(
      'it is taken back',
      async () =>
        (await sam.client.get<CommandState>(`/tickets/${asked}/commands/${taken.body.commandId}`))
          .state === 'done',
    )
    await eventually('the other one is sent', () => worker.delivered.includes(leaving))
    assert.ok(!worker.delivered.includes(held) && !worker.delivered.includes(unheld))
    assert.deepEqual(
      (await sam.client.get<{ items: Message[] }>(`/tickets/${asked}/messages`)).items.flatMap(
        ({ id, direction }) => (direction === 'outbound' ? [id] : []),
      ),
      [leaving],
    )
  })

  it('what became of a kept command is known also when it changed nothing', async () => {
    await worker.stop()
    const again = await sam.client.request<Kept>('PATCH', `/tickets/${number}`, {
      priority: 'urgent',
    })
    assert.equal(again.status, 202)
    await worker.start()
    await eventually(
      'it is done',
      async () =>
        (await sam.client.get<CommandState>(`/tickets/${number}/commands/${again.body.commandId}`))
          .state === 'done',
    )
  })

  it('a kept merge, or undoing of a split, that the other ticket refuses later is refused, and whoever asked is told once', async () => {
    const [a, b, c, source] = await Promise.all(
      [1, 2, 3, 4].map(async () => (await desk.mailTicket(it_)).number),
    )
    assert.ok(a && b && c && source)
    await sam.client.post(`/tickets/${source}/messages`, { text: 'Which one?', holdSeconds: 0 })
    const { items: written } = await sam.client.get<{ items: Message[] }>(
      `/tickets/${source}/messages`,
    )
    const split = await sam.client.post<TicketDetail>(`/tickets/${source}/split`, {
      messageIds: [written[1]!.id],
      subject: 'The other',
    })
    const lea = await desk.person('Lea Lark', 'agent', [it_])
    const post = (person: Person, n: number, what: string, body: object = {}) =>
      person.client.request<Kept>('POST', `/tickets/${n}/${what}`, body)
    await worker.stop()
    const kept = await Promise.all([
      post(sam, a, 'merge', { into: b }),
      post(lea, b, 'merge', { into: c }),
      post(sam, split.number, 'unsplit'),
      post(lea, source, 'merge', { into: c }),
    ])
    assert.deepEqual(
      kept.map(({ status, body }) => [status, body.ticketNumber]),
      [a, b, source, source].map((n) => [202, n]),
    )
    await worker.start()
    const became = (person: Person, { body }: (typeof kept)[number]) =>
      eventually('its end is known', async () => {
        const known = await person.client.get<CommandState>(
          `/tickets/${body.ticketNumber}/commands/${body.commandId}`,
        )
        return known.state === 'waiting' ? undefined : known
      })
    const [merge, further, unsplit, closing] = kept
    const refused = (number: number) => ({
      state: 'refused',
      code: 'merge-into-merged',
      detail: `Ticket #${number} is itself merged into #${c}. Merge into #${c} instead.`,
      values: { number, into: c },
      written: null,
    })
    assert.deepEqual(await became(sam, merge), refused(b))
    assert.deepEqual(await became(sam, unsplit), refused(source))
    for (const one of [further, closing]) assert.equal((await became(lea, one)).state, 'done')
    assert.deepEqual((await ticket(a)).mergedInto, null)

    const told = async (person: Person) =>
      (
        await person.client.get<{
          items: { kind: string; ticketNumber: number; data: Record<string, unknown> }[]
        }>('/notifications?limit=100')
      ).items
        .filter(
          ({ kind, ticketNumber }) =>
            kind === 'commandRefused' && [a, b, c, source, split.number].includes(ticketNumber),
        )
        .map(({ ticketNumber, data }) => [ticketNumber, data['code'], data['asked']])
        .toSorted(([one], [other]) => Number(one) - Number(other))
    assert.deepEqual(await told(sam), [
      [a, 'merge-into-merged', [{ what: 'merge', name: `#${b}`, value: '' }]],
      [split.number, 'merge-into-merged', [{ what: 'undoSplit', name: '', value: '' }]],
    ])
    assert.deepEqual(await told(lea), [])
    const undone = (await events(a)).filter(({ type }) => type === 'ticketUnmerged')
    assert.equal(undone.length, 1)
  })
})
