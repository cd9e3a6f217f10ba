import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Approval, LinkedApproval, LinkEnd } from '../../../domain/approvals/contract.ts'
import type {
  ApprovalRuleView,
  Purchase,
  PurchaseList,
} from '../../../domain/purchases/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { signPage } from '../../../platform/secrets/signed-page.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { ApiDesk, type Person, SECRET_KEYS } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

let desk: ApiDesk
let it_: Department
let finance: Department
let agent: Person
let ida: Person
let max: Person
let other: Person

before(async () => {
  desk = await ApiDesk.open()
  it_ = await desk.department('IT')
  finance = await desk.department('Finance')
  agent = await desk.person('Sam Agent', 'agent', [it_])
  ida = await desk.person('Ida Berger', 'approver')
  max = await desk.person('Max Gern', 'approver')
  other = await desk.person('Olga Other', 'agent', [finance])
})
after(() => desk?.close())

const BOSS = { email: 'boss@client.example', name: 'Boss' }
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
const ticket = async (): Promise<number> =>
  (await desk.mailTicket(it_, { subject: 'A secret subject', text: 'Confidential words of Anna.' }))
    .number

async function ask(
  body: object = {},
  number?: number,
): Promise<{ number: number; approval: Approval }> {
  const on = number ?? (await ticket())
  const approval = await agent.client.post<Approval>(`/tickets/${on}/approvals`, {
    subject: 'A laptop for Anna',
    text: 'The old one is broken.',
    stages: [{ rule: { kind: 'all' }, approvers: [{ userId: ida.id }, BOSS] }],
    ...body,
  })
  return { number: on, approval }
}

const tokenOf = (
  number: number,
  { id, round }: Approval,
  approver: string,
  expires = inDays(30),
): string =>
  signPage(
    SECRET_KEYS,
    'approval',
    { ticket: String(number), approval: id, round: String(round), approver },
    new Date(expires),
  )
const history = async (number: number): Promise<TicketEvent[]> =>
  (await agent.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events?limit=200`)).items
const at = (number: number, { id }: Pick<Approval, 'id'>, rest = ''): string =>
  `/tickets/${number}/approvals/${id}${rest}`

describe('asking for an approval', () => {
  it('names people as they are, and an address that has an account as that account', async () => {
    const { approval } = await ask({
      stages: [{ rule: { kind: 'any' }, approvers: [{ email: 'MAX.GERN@desk.example' }, BOSS] }],
      amount: { amount: '1200.00', currency: 'EUR' },
      deadline: inDays(3),
    })
    assert.deepEqual(
      approval.stages[0]!.people.map(({ key, name, awaited }) => [key, name, awaited]),
      [
        [max.id, 'Max Gern', true],
        [BOSS.email, 'Boss', true],
      ],
    )
    assert.deepEqual(
      [approval.state, approval.round, approval.text, approval.askedBy.name],
      ['waiting', 1, 'The old one is broken.', 'Sam Agent'],
    )
  })

  it('says which field is wrong', async () => {
    const number = await ticket()
    const path = `/tickets/${number}/approvals`
    const stages = [{ rule: { kind: 'any' }, approvers: [BOSS] }]
    assertProblem(
      await agent.client.request('POST', path, {
        subject: 'x',
        stages: [
          {
            rule: { kind: 'any' },
            approvers: [{ userId: '00000000-0000-4000-8000-000000000000' }],
          },
        ],
      }),
      422,
      'approver-not-found',
    )
    assertProblem(
      await agent.client.request('POST', path, {
        subject: 'x',
        stages,
        deadline: '2020-01-01T00:00:00Z',
      }),
      422,
      'deadline-passed',
    )
    assertProblem(
      await agent.client.request('POST', path, {
        subject: 'x',
        stages: [{ rule: { kind: 'count', count: 2 }, approvers: [BOSS] }],
      }),
      422,
      'approval-rule-impossible',
    )
    assertProblem(
      await agent.client.request('POST', path, {
        subject: 'x',
        stages,
        attachmentIds: [
          (
            await desk.mailTicket(it_, {
              attachments: [{ filename: 'a', contentType: 'text/plain', bytes: Buffer.from('a') }],
            })
          ).attachmentIds[0],
        ],
      }),
      422,
      'attachment-not-available',
    )
    assertProblem(
      await agent.client.request('POST', path, {
        subject: 'x',
        stages,
        blocks: { resolution: false, taskIds: ['00000000-0000-4000-8000-000000000000'] },
      }),
      422,
      'approval-task-unknown',
    )
    assertProblem(
      await ida.client.request('POST', path, { subject: 'x', stages }),
      403,
      'not-allowed',
    )
    assertProblem(
      await other.client.request('POST', path, { subject: 'x', stages }),
      404,
      'not-found',
    )
  })

  it('blocks the ticket’s end until it is decided', async () => {
    const { number, approval } = await ask({
      blocks: { resolution: true, taskIds: [] },
      stages: [{ rule: { kind: 'any' }, approvers: [{ userId: ida.id }] }],
    })
    const refused = await agent.client.request('PATCH', `/tickets/${number}`, { status: 'solved' })
    assertProblem(refused, 409, 'approval-waiting')
    assert.match((refused.body as { detail: string }).detail, /“A laptop for Anna”.*Ida Berger/)
    assertProblem(
      await agent.client.request('POST', `/tickets/${number}/messages`, {
        text: 'Done.',
        status: 'solved',
      }),
      409,
      'approval-waiting',
    )
    await ida.client.post(at(number, approval, '/decision'), { decision: 'approved' })
    assert.equal(
      (await agent.client.request('PATCH', `/tickets/${number}`, { status: 'solved' })).status,
      200,
    )
  })
})

describe('an approver who signs in', () => {
  it('finds what waits, what they decided, and nothing of the ticket besides', async () => {
    const { number, approval } = await ask()
    const waiting = await ida.client.get<{ items: Approval[]; total: number }>(
      '/approvals?view=waiting',
    )
    assert.ok(waiting.items.some(({ id, mayDecide }) => id === approval.id && mayDecide))
    assert.equal(waiting.total, waiting.items.length)
    assert.doesNotMatch(JSON.stringify(waiting), /secret subject|Confidential/)
    for (const path of [
      `/tickets/${number}`,
      `/tickets/${number}/messages`,
      `/tickets/${number}/approvals`,
      `/tickets/${number}/events`,
      '/tickets',
    ])
      assertProblem(await ida.client.request('GET', path), 403, 'not-allowed')
    await ida.client.post(at(number, approval, '/decision'), {
      decision: 'approved',
      comment: 'Fine.',
      round: 1,
    })
    const decided = await ida.client.get<{ items: Approval[] }>('/approvals?view=decided')
    assert.ok(decided.items.some(({ id }) => id === approval.id))
    assert.ok(
      !(await ida.client.get<{ items: Approval[] }>('/approvals')).items.some(
        ({ id }) => id === approval.id,
      ),
    )
    assert.ok(
      (await agent.client.get<{ items: Approval[] }>('/approvals?view=asked')).items.some(
        ({ id }) => id === approval.id,
      ),
    )
  })

  it('whose word comes too late is in the history, and whoever asked is told', async () => {
    const { number, approval } = await ask({
      stages: [{ rule: { kind: 'any' }, approvers: [{ userId: ida.id }, { userId: max.id }] }],
    })
    await ida.client.post(at(number, approval, '/decision'), { decision: 'approved' })
    assertProblem(
      await max.client.request('POST', at(number, approval, '/decision'), {
        decision: 'refused',
        comment: 'Too dear.',
      }),
      409,
      'approval-ended',
    )
    const late = (await history(number)).at(-1)!
    assert.equal(late.type, 'approvalVoteRefused')
    const { approver, decision, comment, code } = late.data as Record<string, unknown>
    assert.deepEqual(
      [(approver as { name: string }).name, decision, comment, code],
      [max.name, 'refused', 'Too dear.', 'approval-ended'],
    )
    const { items } = await agent.client.get<{ items: { kind: string; ticketNumber: number }[] }>(
      '/notifications',
    )
    assert.ok(items.some((n) => n.kind === 'commandRefused' && n.ticketNumber === number))
  })

  it('sees and decides nothing that others are asked', async () => {
    const { number, approval } = await ask()
    assertProblem(await max.client.request('GET', at(number, approval)), 404, 'not-found')
    assertProblem(
      await max.client.request('POST', at(number, approval, '/decision'), { decision: 'approved' }),
      404,
      'not-found',
    )
    assertProblem(
      await agent.client.request('POST', at(number, approval, '/decision'), {
        decision: 'approved',
      }),
      403,
      'approval-not-yours',
    )
  })

  it('may be an agent of another department: the decision, not the ticket, is open to them', async () => {
    const { number, approval } = await ask({
      stages: [{ rule: { kind: 'any' }, approvers: [{ userId: other.id }] }],
    })
    assertProblem(await other.client.request('GET', `/tickets/${number}`), 404)
    const { items } = await other.client.get<{
      items: { ticketNumber: number; ticketSubject: string }[]
    }>('/notifications')
    assert.deepEqual(
      items.filter((n) => n.ticketNumber === number).map((n) => n.ticketSubject),
      [''],
      'what the ticket is called now is not theirs to know',
    )
    assert.equal(
      (
        await other.client.post<Approval>(at(number, approval, '/decision'), {
          decision: 'approved',
        })
      ).state,
      'approved',
    )
  })

  it('leaves who, when, why and from where in the history', async () => {
    const { number, approval } = await ask()
    assertProblem(
      await ida.client.request('POST', at(number, approval, '/decision'), { decision: 'refused' }),
      422,
      'approval-comment-needed',
    )
    await ida.client.post(at(number, approval, '/decision'), {
      decision: 'refused',
      comment: 'Too dear.',
    })
    const voted = (await history(number)).find(({ type }) => type === 'approvalVoted')!
    assert.deepEqual(voted.actor, { kind: 'agent', id: ida.id, name: 'Ida Berger' })
    const data = voted.data as {
      comment: string
      decision: string
      from: { via: string; ip: string }
    }
    assert.deepEqual(
      [data.decision, data.comment, data.from],
      ['refused', 'Too dear.', { via: 'signed-in', ip: '127.0.0.1' }],
    )
    assertProblem(
      await agent.client.request('PATCH', `/tickets/${number}/events/${voted.no}`, {}),
      404,
    )
  })

  it('hands a decision on', async () => {
    const { number, approval } = await ask()
    const after = await ida.client.post<Approval>(at(number, approval, '/delegation'), {
      to: { userId: max.id },
      reason: 'On leave.',
    })
    assert.equal(after.mayDecide, false)
    assert.equal(
      (
        await max.client.post<Approval>(at(number, approval, '/decision'), { decision: 'approved' })
      ).stages[0]!.people.find(({ key }) => key === max.id)!.vote,
      'approved',
    )
  })
})

describe('a personal link', () => {
  const opened = (token: string) =>
    desk.client().request<LinkedApproval>('GET', `/approval-links/${token}`)
  const decide = (token: string, body: object = { decision: 'approved' }) =>
    desk.client().request<{ decision: string }>('POST', `/approval-links/${token}/decision`, body)

  it('shows the request and nothing else of the ticket', async () => {
    const { number, attachmentIds } = await desk.mailTicket(it_, {
      subject: 'A secret subject',
      attachments: [
        { filename: 'quote.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF') },
        { filename: 'other.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF') },
      ],
    })
    const { approval } = await ask(
      { attachmentIds: [attachmentIds[0]], deadline: inDays(2) },
      number,
    )
    const answer = await opened(tokenOf(number, approval, BOSS.email))
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {
      subject: 'A laptop for Anna',
      text: 'The old one is broken.',
      lines: [],
      amount: null,
      furtherAmounts: [],
      askedBy: 'Sam Agent',
      deadline: approval.deadline,
      attachments: ['quote.pdf'],
      approver: 'Boss',
      again: false,
      findsPeople: false,
      recording: null,
    })
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  })

  it('is changed by nothing that a mail scanner does: twenty GETs and HEADs, then it still works', async () => {
    const { number, approval } = await ask()
    const token = tokenOf(number, approval, BOSS.email)
    const before = await history(number)
    for (let i = 0; i < 20; i++) {
      assert.equal((await opened(token)).status, 200)
      for (const path of [`/approval-links/${token}`, `/approval-links/${token}/decision`]) {
        const head = await fetch(`${desk.url}/api/v1${path}`, { method: 'HEAD' })
        assert.ok([200, 405].includes(head.status))
      }
      assert.equal((await fetch(`${desk.url}/api/v1/approval-links/${token}/decision`)).status, 405)
    }
    assert.deepEqual(await history(number), before)
    assert.equal((await decide(token)).status, 200)
  })

  it('says after its end what was decided, by whom and when; and changes nothing by it', async () => {
    const end = (token: string) =>
      desk.client().request<LinkEnd>('GET', `/approval-links/${token}/end`)
    const { number, approval } = await ask({
      stages: [{ rule: { kind: 'any' }, approvers: [{ email: BOSS.email, name: 'Boss' }] }],
    })
    const token = tokenOf(number, approval, BOSS.email)
    assert.deepEqual((await end(token)).body, {
      state: 'waiting',
      subject: 'A laptop for Anna',
      own: null,
      by: null,
      at: null,
      delegatedTo: null,
      mayRevise: false,
    })
    assert.equal((await opened(token)).status, 200)
    await decide(token)
    const before = await history(number)
    const over = (await end(token)).body
    assert.deepEqual(
      [over.state, over.subject, over.own?.decision, over.by],
      ['approved', 'A laptop for Anna', 'approved', 'Boss'],
    )
    assert.ok(over.at !== null && over.at === over.own?.at)
    assert.deepEqual(await history(number), before)
    const expired = tokenOf(number, approval, BOSS.email, '2026-01-01T00:00:00.000Z')
    assert.equal((await end(expired)).body.state, 'approved')
    assertProblem(await end(`${token}x`), 404, 'approval-link-invalid')

    const other = await ask()
    const withdrawn = tokenOf(other.number, other.approval, BOSS.email)
    await agent.client.post(at(other.number, other.approval, '/withdrawal'), {})
    assertProblem(await opened(withdrawn), 410, 'approval-link-revoked')
    const taken = (await end(withdrawn)).body
    assert.deepEqual([taken.state, taken.own, taken.by], ['withdrawn', null, null])
  })

  it('decides once, for its own person, and says so in the history without the token', async () => {
    const { number, approval } = await ask()
    const token = tokenOf(number, approval, BOSS.email)
    assertProblem(
      await decide(token, { decision: 'refused', comment: '  ' }),
      422,
      'approval-comment-needed',
    )
    assert.deepEqual((await decide(token, { decision: 'approved', comment: 'Go ahead.' })).body, {
      decision: 'approved',
    })
    const lines = await history(number)
    const voted = lines.filter(({ type }) => type === 'approvalVoted')
    assert.deepEqual(
      voted.map(({ actor, data }) => [actor, (data as { from: object }).from]),
      [
        [
          { kind: 'correspondent', email: BOSS.email, name: 'Boss' },
          { via: 'link', ip: '127.0.0.1' },
        ],
      ],
    )
    assert.ok(!JSON.stringify(lines).includes(token))
    assertProblem(
      await decide(token, { decision: 'refused', comment: 'No.' }),
      410,
      'approval-link-used',
    )
    assertProblem(await opened(token), 410, 'approval-link-used')
    assert.equal((await history(number)).length, lines.length)
  })

  it('pressed twice at once decides once', async () => {
    const { number, approval } = await ask()
    const token = tokenOf(number, approval, BOSS.email)
    const answers = await Promise.all(Array.from({ length: 5 }, () => decide(token)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 410, 410, 410, 410])
    assert.equal((await history(number)).filter(({ type }) => type === 'approvalVoted').length, 1)
  })

  it('of a withdrawn request, of an earlier round or of a closed account is over', async () => {
    const withdrawn = await ask()
    await agent.client.post(at(withdrawn.number, withdrawn.approval, '/withdrawal'), {})
    const changed = await ask()
    const next = await agent.client.patch<Approval>(at(changed.number, changed.approval), {
      text: 'Two laptops.',
    })
    assert.deepEqual([next.round, next.state, next.text], [2, 'waiting', 'Two laptops.'])
    const gone = await desk.person(`Gone ${Date.now()}`, 'approver')
    const closed = await ask({
      stages: [{ rule: { kind: 'any' }, approvers: [{ userId: gone.id }] }],
    })
    await desk.admin.client.patch(`/users/${gone.id}`, { active: false })
    const tokens = [
      tokenOf(withdrawn.number, withdrawn.approval, BOSS.email),
      tokenOf(changed.number, changed.approval, BOSS.email),
      tokenOf(closed.number, closed.approval, gone.id),
    ]
    for (const token of tokens) {
      assertProblem(await opened(token), 410, 'approval-link-revoked')
      assertProblem(await decide(token), 410, 'approval-link-revoked')
    }
    assert.equal(
      (await decide(tokenOf(changed.number, next, BOSS.email))).status,
      200,
      'the new round’s link works',
    )
  })

  describe('hands a decision on', () => {
    const handOn = (token: string, body: object) =>
      desk.client().request<{ to: string }>('POST', `/approval-links/${token}/delegation`, body)
    const lea = { email: 'Lea@Client.example', name: '' }

    it('to an address, once: it says so from then on, and the other person’s own link decides', async () => {
      const { number, approval } = await ask()
      const token = tokenOf(number, approval, BOSS.email)
      assert.deepEqual((await handOn(token, { to: lea, reason: 'On leave.' })).body, {
        to: 'lea@client.example',
      })
      for (const answer of [
        await opened(token),
        await decide(token),
        await handOn(token, { to: { email: 'third@client.example' } }),
      ]) {
        assertProblem(answer, 410, 'approval-link-delegated')
        assert.match(JSON.stringify(answer.body), /lea@client\.example/)
      }
      const notified = await desk.pool.query<{ data: { reason: string; by: string } }>(
        `SELECT data FROM notification WHERE ticket_number = $1 AND email = 'lea@client.example' AND kind = 'approvalAsked'`,
        [number],
      )
      assert.deepEqual(
        notified.rows.map(({ data }) => [data.reason, data.by]),
        [['delegated', 'Boss']],
      )
      const event = (await history(number)).find(({ type }) => type === 'approvalDelegated')!
      assert.deepEqual((event.data as { sentFrom: object }).sentFrom, {
        via: 'link',
        ip: '127.0.0.1',
      })
      const theirs = tokenOf(number, approval, 'lea@client.example')
      assert.equal((await decide(theirs)).status, 200)
      assertProblem(await decide(theirs), 410, 'approval-link-used')
    })

    it('at the same moment as it decides: one of the two counts', async () => {
      const { number, approval } = await ask()
      const token = tokenOf(number, approval, BOSS.email)
      const answers = await Promise.all([
        decide(token),
        handOn(token, { to: lea }),
        decide(token),
        handOn(token, { to: { email: 'other@client.example' } }),
      ])
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      assert.equal(
        (await history(number)).filter(
          ({ type }) => type === 'approvalDelegated' || type === 'approvalVoted',
        ).length,
        1,
      )
    })

    it('by POST alone', async () => {
      const { number, approval } = await ask()
      const token = tokenOf(number, approval, BOSS.email)
      const before = await history(number)
      for (const method of ['GET', 'HEAD'])
        assert.equal(
          (
            await fetch(
              `${desk.url}/api/v1/approval-links/${token}/delegation?to=x@client.example`,
              { method },
            )
          ).status,
          405,
        )
      assert.deepEqual(await history(number), before)
    })

    it('to a colleague found by name, only for somebody who has an account', async () => {
      const { number, approval } = await ask()
      const find = (approver: string) =>
        desk
          .client()
          .request<{ items: { userId: string; name: string }[] }>(
            'GET',
            `/approval-links/${tokenOf(number, approval, approver)}/people?q=MAX`,
          )
      assert.deepEqual((await find(ida.id)).body.items, [{ userId: max.id, name: 'Max Gern' }])
      assert.deepEqual((await find(BOSS.email)).body.items, [])
      assertProblem(
        await handOn(tokenOf(number, approval, BOSS.email), { to: { userId: max.id } }),
        422,
        'approver-not-found',
      )
      assert.deepEqual(
        (await handOn(tokenOf(number, approval, ida.id), { to: { userId: max.id } })).body,
        { to: 'Max Gern' },
      )
    })

    it('never to whoever asked, to the requester, or to somebody who is asked already', async () => {
      const { number, approval } = await ask()
      const token = tokenOf(number, approval, BOSS.email)
      assertProblem(
        await handOn(token, { to: { email: 'sam.agent@desk.example' } }),
        422,
        'approver-asks-himself',
      )
      assertProblem(
        await handOn(token, {
          to: {
            email: (await agent.client.get<{ requester: { email: string } }>(`/tickets/${number}`))
              .requester.email,
          },
        }),
        422,
        'approver-is-requester',
      )
      assertProblem(
        await handOn(token, { to: { email: 'ida.berger@desk.example' } }),
        422,
        'approver-twice',
      )
      assertProblem(await handOn(token.slice(0, -1), { to: lea }), 404, 'approval-link-invalid')
      assertProblem(
        await handOn(tokenOf(number, approval, BOSS.email, inDays(-1)), { to: lea }),
        410,
        'approval-link-expired',
      )
      assert.equal((await decide(token)).status, 200, 'nothing was handed on')
    })
  })

  it('expires', async () => {
    const { number, approval } = await ask()
    const token = tokenOf(number, approval, BOSS.email, inDays(-0.001))
    assertProblem(await opened(token), 410, 'approval-link-expired')
    assertProblem(await decide(token), 410, 'approval-link-expired')
  })

  it('cannot be made by anybody else, for another ticket, person or purpose', async () => {
    const { number, approval } = await ask()
    const good = tokenOf(number, approval, BOSS.email)
    const subject = {
      ticket: String(number),
      approval: approval.id,
      round: '1',
      approver: BOSS.email,
    }
    const forged = [
      signPage(onlyKey(Buffer.alloc(32, 8)), 'approval', subject, new Date(inDays(1))),
      signPage(SECRET_KEYS, 'confirmation', subject, new Date(inDays(1))),
      good.slice(0, -1),
      `${good}A`,
      'x',
      `${Buffer.from('{"approver":"boss"}').toString('base64url')}${good.slice(-27)}`,
    ]
    for (const token of forged) {
      assertProblem(await opened(token), 404, 'approval-link-invalid')
      assertProblem(await decide(token), 404, 'approval-link-invalid')
    }
    assertProblem(
      await opened(
        signPage(SECRET_KEYS, 'approval', { ...subject, ticket: '1' }, new Date(inDays(1))),
      ),
      410,
      'approval-link-revoked',
    )
    assertProblem(
      await opened(tokenOf(number, approval, 'eve@client.example')),
      410,
      'approval-link-revoked',
    )
  })

  it('after the end says how it ended', async () => {
    const { number, approval } = await ask()
    await ida.client.post(at(number, approval, '/decision'), {
      decision: 'refused',
      comment: 'No.',
    })
    const answer = await opened(tokenOf(number, approval, BOSS.email))
    assertProblem(answer, 410, 'approval-ended')
    assert.match(JSON.stringify(answer.body), /has been refused/)
  })
})

describe('purchase requests', () => {
  const line = {
    item: 'Laptop',
    quantity: '3',
    unitPrice: '1200.00',
    supplier: 'Example Ltd',
    costCentre: '4711',
  }
  const draft = async (body: object = {}): Promise<Purchase> =>
    agent.client.post<Purchase>(`/tickets/${await ticket()}/purchases`, {
      title: 'Laptops',
      currency: 'EUR',
      lines: [line],
      ...body,
    })
  const path = ({ ticketNumber, id }: Purchase, rest = ''): string =>
    `/tickets/${ticketNumber}/purchases/${id}${rest}`
  const submit = (purchase: Purchase): Promise<Purchase> =>
    agent.client.post<Purchase>(path(purchase, '/submission'), { revision: purchase.revision })
  const approvalOf = async ({ ticketNumber, approvalId }: Purchase): Promise<Approval> =>
    agent.client.get<Approval>(`/tickets/${ticketNumber}/approvals/${approvalId ?? ''}`)

  it('total exactly, and need no approval while there are no rules', async () => {
    const purchase = await draft({
      lines: [line, { item: 'Cable', quantity: '0.5', unitPrice: '0.35' }],
    })
    assert.deepEqual(
      [purchase.totals, purchase.lines.map(({ amount }) => amount)],
      [[{ currency: 'EUR', amount: '3600.18' }], ['3600.00', '0.18']],
    )
    assert.equal((await submit(purchase)).state, 'approved')
    assertProblem(
      await agent.client.request('POST', `/tickets/${purchase.ticketNumber}/purchases`, {
        title: 'x',
        currency: 'EURO',
      }),
      400,
    )
    assertProblem(
      await agent.client.request('POST', `/tickets/${purchase.ticketNumber}/purchases`, {
        title: 'x',
        currency: 'EUR',
        lines: [{ ...line, quantity: '1e3' }],
      }),
      400,
    )
  })

  it('are approved by the chain of their total, and again when their lines change', async () => {
    const rules: ApprovalRuleView[] = []
    for (const [fromAmount, who] of [
      ['1000', ida],
      ['10000', max],
    ] as const) {
      rules.push(
        await desk.admin.client.post<ApprovalRuleView>('/approval-rules', {
          departmentId: it_.id,
          currency: 'EUR',
          fromAmount,
          stages: [{ rule: { kind: 'any' }, approvers: [{ userId: who.id }] }],
          deadlineHours: 48,
        }),
      )
    }
    assert.deepEqual(
      rules.map(({ fromAmount, stages }) => [fromAmount, stages[0]!.approvers[0]!.name]),
      [
        ['1000.00', 'Ida Berger'],
        ['10000.00', 'Max Gern'],
      ],
    )
    assertProblem(
      await desk.admin.client.request('POST', '/approval-rules', {
        departmentId: it_.id,
        currency: 'EUR',
        fromAmount: '1000.0',
        stages: [{ rule: { kind: 'any' }, approvers: [BOSS] }],
      }),
      409,
      'approval-rule-exists',
    )
    assertProblem(await agent.client.request('GET', '/approval-rules'), 403)

    const requested = await submit(await draft())
    const approval = await approvalOf(requested)
    assert.deepEqual(
      [requested.state, approval.amount, approval.stages[0]!.people[0]!.name],
      ['requested', { amount: '3600.00', currency: 'EUR' }, 'Ida Berger'],
    )
    assert.match(approval.text, /3 × Laptop · Example Ltd · 4711/)
    assert.deepEqual(
      approval.lines.map(({ item, quantity, supplier, costCentre }) => [
        item,
        quantity,
        supplier,
        costCentre,
      ])[0],
      ['Laptop', '3', 'Example Ltd', '4711'],
    )
    assertProblem(
      await agent.client.request('POST', path(requested, '/order'), {}),
      409,
      'purchase-not-approved',
    )
    await ida.client.post(`/tickets/${requested.ticketNumber}/approvals/${approval.id}/decision`, {
      decision: 'approved',
    })

    const dearer = await agent.client.patch<Purchase>(path(requested), {
      revision: 1,
      lines: [{ ...line, unitPrice: '9000' }],
    })
    assert.deepEqual(
      [dearer.state, dearer.revision, dearer.totals],
      ['requested', 2, [{ currency: 'EUR', amount: '27000.00' }]],
    )
    const again = await approvalOf(dearer)
    assert.deepEqual(
      [again.id, again.round, again.stages[0]!.people[0]!.name],
      [approval.id, 2, 'Max Gern'],
    )
    assertProblem(
      await agent.client.request('PATCH', path(requested), { revision: 1, title: 'x' }),
      409,
      'purchase-changed',
    )
    await max.client.post(`/tickets/${requested.ticketNumber}/approvals/${approval.id}/decision`, {
      decision: 'approved',
    })

    assert.equal(
      (await submit(await draft({ lines: [{ ...line, unitPrice: '1' }] }))).state,
      'approved',
      'below every amount',
    )
    const yen = await draft({ currency: 'JPY' })
    assertProblem(
      await agent.client.request('POST', path(yen, '/submission'), { revision: 1 }),
      422,
      'purchase-currency-without-rule',
    )

    const ordered = await agent.client.post<Purchase>(path(dearer, '/order'), { reference: 'PO-7' })
    assert.deepEqual([ordered.state, ordered.orderReference], ['ordered', 'PO-7'])
    const lineId = ordered.lines[0]!.id
    assertProblem(
      await agent.client.request('POST', path(dearer, '/receipt'), {
        lines: [{ lineId, quantity: '1' }],
        assets: [{ name: 'Stray', lineId: dearer.id }],
      }),
      422,
      'purchase-asset-of-no-line',
    )
    const partly = await agent.client.post<Purchase>(path(dearer, '/receipt'), {
      lines: [{ lineId, quantity: '1' }],
      assets: [{ name: 'Laptop of Anna', type: 'laptop', serial: 'SN-1' }],
    })
    assert.deepEqual([partly.state, partly.lines[0]!.received], ['partlyReceived', '1'])
    assertProblem(
      await agent.client.request('POST', path(dearer, '/receipt'), {
        lines: [{ lineId, quantity: '3' }],
      }),
      422,
      'purchase-over-received',
    )
    assert.equal(
      (
        await agent.client.post<Purchase>(path(dearer, '/receipt'), {
          lines: [{ lineId, quantity: '2' }],
        })
      ).state,
      'received',
    )
    const received = (await history(dearer.ticketNumber))
      .filter(({ type }) => type === 'purchaseReceived')
      .map(({ data }) =>
        (data as { assets: { serial: string }[] }).assets.map(({ serial }) => serial),
      )
    assert.deepEqual(received, [['SN-1'], []])
    const onTicket = await agent.client.get<{ linked: { id: string; name: string }[] }>(
      `/tickets/${dearer.ticketNumber}/assets`,
    )
    assert.deepEqual(
      onTicket.linked.map(({ name }) => name),
      ['Laptop of Anna'],
      'what arrived is on the ticket that bought it',
    )
    const { unitPrice, supplier } = ordered.lines[0]!
    const bought = await agent.client.get<{ price: string; currency: string; supplier: string }>(
      `/assets/${onTicket.linked[0]!.id}`,
    )
    assert.deepEqual(
      [bought.price, bought.currency, bought.supplier],
      [unitPrice, 'EUR', supplier],
      'with price and supplier of its line',
    )
  })

  it('are listed within the departments that one sees, and have their documents', async () => {
    const { number, attachmentIds } = await desk.mailTicket(it_, {
      attachments: [
        { filename: 'quote.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF') },
      ],
    })
    const purchase = await agent.client.post<Purchase>(`/tickets/${number}/purchases`, {
      title: 'Chairs',
      currency: 'EUR',
      documents: [{ kind: 'quote', attachmentId: attachmentIds[0] }],
    })
    assert.equal(purchase.documents[0]!.name, 'quote.pdf')
    const listed = async (person: Person): Promise<string[]> =>
      (await person.client.get<{ items: Purchase[] }>('/purchases?state=draft')).items.map(
        ({ id }) => id,
      )
    assert.ok((await listed(agent)).includes(purchase.id))
    assert.deepEqual(await listed(other), [])
    assertProblem(await ida.client.request('GET', '/purchases'), 403)
  })

  it('in several currencies ask the approvers of each, once', async () => {
    const rules: string[] = []
    for (const [currency, fromAmount, people, deadlineHours] of [
      ['CHF', '100', [ida, max], 72],
      ['NOK', '1000', [max], 24],
    ] as const) {
      const made = await desk.admin.client.post<ApprovalRuleView>('/approval-rules', {
        departmentId: it_.id,
        currency,
        fromAmount,
        stages: people.map(({ id }) => ({ rule: { kind: 'any' }, approvers: [{ userId: id }] })),
        deadlineHours,
      })
      rules.push(made.id)
    }
    const asked = async (chf: string, nok: string): Promise<Approval | null> => {
      const purchase = await submit(
        await draft({
          currency: 'CHF',
          lines: [
            { ...line, quantity: '1', unitPrice: chf },
            { ...line, quantity: '1', unitPrice: nok, currency: 'NOK' },
          ],
        }),
      )
      return purchase.approvalId === null ? null : approvalOf(purchase)
    }
    const names = (approval: Approval | null) =>
      approval?.stages.map(({ people }) => people.map(({ name }) => name).join())
    assert.equal(
      await asked('99', '999'),
      null,
      'neither total reaches its rule, whatever they come to together',
    )
    assert.deepEqual(names(await asked('99', '1000')), ['Max Gern'])
    const begun = Date.now()
    const both = await asked('100', '1000')
    assert.deepEqual(names(both), ['Ida Berger', 'Max Gern'], 'Max, who is in both, once')
    assert.deepEqual(
      [both?.amount, both?.furtherAmounts],
      [{ amount: '100.00', currency: 'CHF' }, [{ amount: '1000.00', currency: 'NOK' }]],
    )
    assert.match(both?.text ?? '', /= 100\.00 CHF\n= 1000\.00 NOK/)
    const since = Date.parse(both?.deadline ?? '') - 24 * 3_600_000
    assert.ok(since >= begun - 60_000 && since <= Date.now() + 60_000, 'the shorter deadline')
    for (const id of rules) await desk.admin.client.delete(`/approval-rules/${id}`)
  })

  it('are listed with their ticket, by state, department and words, with exact sums, page by page and as CSV', async () => {
    const { number } = await desk.mailTicket(finance, { subject: 'Furniture' })
    const buy = (title: string, lines: object[]): Promise<Purchase> =>
      other.client.post(`/tickets/${number}/purchases`, { title, currency: 'EUR', lines })
    const chairs = await buy('Chairs', [
      { ...line, item: 'Chair “Fjord”', quantity: '3', unitPrice: '0.10', costCentre: '=1+1' },
      { ...line, item: 'Feet', quantity: '1', unitPrice: '2', currency: 'USD' },
    ])
    const desks = await buy('Desks', [{ ...line, quantity: '1', unitPrice: '0.20' }])
    await buy('Lamps', [{ ...line, quantity: '1', unitPrice: '5' }])
    await other.client.post(path(desks, '/cancellation'), { reason: 'Not now.' })
    const list = (query: string, person = other) =>
      person.client.get<PurchaseList>(`/purchases?${query}`)
    const all = await list('')
    assert.deepEqual(
      [all.items.map(({ title }) => title), all.total, all.totals],
      [
        ['Lamps', 'Desks', 'Chairs'],
        3,
        [
          { currency: 'EUR', amount: '5.50' },
          { currency: 'USD', amount: '2.00' },
        ],
      ],
    )
    assert.deepEqual(
      [all.items[2]?.ticketNumber, all.items[2]?.ticketSubject, all.items[2]?.departmentName],
      [number, 'Furniture', 'Finance'],
    )
    assert.deepEqual(
      (await list('state=cancelled')).items.map(({ title }) => title),
      ['Desks'],
    )
    assert.deepEqual((await list('q=FJORD 9999')).items, [])
    assert.deepEqual(
      (await list('q=fjord example')).items.map(({ id }) => id),
      [chairs.id],
    )
    assert.equal((await list(`q=%23${number}&limit=2`)).items.length, 2)
    const first = await list('limit=2')
    const second = await list(`limit=2&cursor=${first.next ?? ''}`)
    assert.deepEqual(
      [...first.items, ...second.items].map(({ title }) => title),
      ['Lamps', 'Desks', 'Chairs'],
    )
    assert.deepEqual([second.next, first.total], [null, 3])
    assert.ok(
      (await list('', agent)).items.every(({ departmentName }) => departmentName === 'IT'),
      'nobody sees another department’s',
    )
    assert.equal((await list(`department=${it_.id}`)).total, 0)
    const csv = await (await other.client.fetch('GET', '/purchases.csv?q=chairs')).text()
    const [heading, row, ...rest] = csv.split('\r\n')
    assert.match(heading ?? '', /^\uFEFF?Created,Ticket,Subject,Department,What for,Status,/)
    assert.match(
      row ?? '',
      /,Furniture,Finance,Chairs,Draft,Olga Other,,Chair “Fjord”,3,0,0\.10,0\.30,EUR,Example Ltd,'=1\+1$/,
    )
    assert.deepEqual(rest.length, 2)
  })

  it('cancelled can be neither ordered nor cancelled otherwise, and say why in the history', async () => {
    const purchase = await submit(await draft())
    const cancelled = await agent.client.post<Purchase>(path(purchase, '/cancellation'), {
      reason: 'Found one in the store.',
    })
    assert.equal(cancelled.state, 'cancelled')
    assertProblem(
      await agent.client.request('POST', path(purchase, '/order'), {}),
      409,
      'purchase-cancelled',
    )
    const event = (await history(purchase.ticketNumber)).find(
      ({ type }) => type === 'purchaseCancelled',
    )
    assert.deepEqual((event?.data as { reason: string }).reason, 'Found one in the store.')
  })
})
