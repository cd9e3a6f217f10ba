import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { z } from 'zod'
import type { Department } from '../../../domain/people/contract.ts'
import type { ticketPage } from '../../../domain/tickets/contract.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

type Page = z.infer<typeof ticketPage>

describe('the list of tickets', () => {
  let desk: ApiDesk
  let sam: Person
  let it_: Department
  const numbers: number[] = []
  let begun = 0
  const list = (query = ''): Promise<Page> => sam.client.get<Page>(`/tickets${query}`)
  const listed = async (query: string): Promise<number[]> =>
    (await list(query)).items.map((t) => t.number)

  before(async () => {
    begun = Date.now()
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    sam = await desk.person('Sam Smith', 'agent', [it_])
    for (let i = 0; i < 7; i++) {
      const from = { email: `anna${i}@client.example`, name: `Anna ${i}` }
      numbers.push(
        (
          await desk.mailTicket(it_, {
            subject: `Request ${i}`,
            text:
              i === 3 ? 'The café’s "Drucker" prints error-code E0-42.' : `Words of number ${i}`,
            from,
          })
        ).number,
      )
    }
  })
  after(() => desk?.close())

  it('shows the newest change first, with everything that a line shows', async () => {
    const { items, total, next } = await list()
    assert.deepEqual(
      items.map((t) => t.number),
      [...numbers].reverse(),
    )
    assert.deepEqual([total, next], [7, null])
    const { openedAt, updatedAt, lastMessageAt, ...line } = items[0]!
    assert.deepEqual(line, {
      number: numbers[6],
      subject: 'Request 6',
      status: 'new',
      priority: 'normal',
      department: { id: it_.id, name: 'IT' },
      owner: null,
      requester: { email: 'anna6@client.example', name: 'Anna 6' },
      preview: 'Words of number 6',
      lastDirection: 'inbound',
      messageCount: 1,
      hasAttachments: false,
      deliveryTrouble: false,
      hasKeptCommands: false,
      dueAt: null,
      tags: [],
      snoozed: false,
      snoozedUntil: null,
    })
    for (const time of [openedAt, updatedAt, lastMessageAt])
      assert.ok(Date.parse(time) >= begun - 1_000 && Date.parse(time) <= Date.now() + 1_000)
  })

  it('goes on from where a page ended, also when tickets come and change meanwhile', async () => {
    const first = await list('?limit=3')
    assert.equal(first.total, 7)
    const added = await desk.mailTicket(it_, { subject: 'Came meanwhile' })
    await sam.client.patch(`/tickets/${first.items[0]!.number}`, { priority: 'high' })
    const second = await list(`?limit=3&cursor=${first.next}`)
    const third = await list(`?limit=3&cursor=${second.next}`)
    assert.deepEqual(
      [...first.items, ...second.items, ...third.items].map((t) => t.number),
      [...numbers].reverse(),
      'none twice, none left out',
    )
    assert.equal(third.next, null)
    assert.equal(third.total, 7, 'the total is that of the first page')
    assert.equal(
      (await list()).items[0]!.number,
      first.items[0]!.number,
      'beginning again shows what changed last',
    )
    await sam.client.patch(`/tickets/${added.number}`, { status: 'closed' })
  })

  it('keeps tickets apart that changed in the same millisecond', async () => {
    await desk.pool.query(
      `UPDATE ticket SET updated_at = '2026-01-01T00:00:00Z' WHERE number = ANY($1)`,
      [numbers],
    )
    const seen: number[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await list(`?limit=2&status=new&cursor=${cursor}`)
      seen.push(...page.items.map((t) => t.number))
      cursor = page.next
    }
    assert.deepEqual(seen, [...numbers].reverse())
  })

  it('refuses a cursor that is none of its own', async () => {
    for (const cursor of [
      'x',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('["2026-01-01", "1; DROP", 0]').toString('base64url'),
    ]) {
      assertProblem(
        await sam.client.request('GET', `/tickets?cursor=${cursor}`),
        400,
        'cursor-invalid',
      )
    }
  })

  it('has views, and counts what each holds', async () => {
    const [a, b, c] = numbers as [number, number, number]
    await sam.client.patch(`/tickets/${a}`, { ownerId: sam.id })
    await sam.client.patch(`/tickets/${b}`, { ownerId: sam.id, status: 'solved' })
    await sam.client.post(`/tickets/${c}/watchers`, { userId: sam.id })
    const answer = await sam.client.post<{ id: string }>(`/tickets/${c}/messages`, {
      text: 'Hello',
      status: 'waiting',
    })
    await desk.system(c, 'recordDelivery', {
      messageId: answer.id,
      outcome: 'failed',
      detail: '550 no such user',
      attempt: 1,
    })
    assert.deepEqual(await listed('?view=mine'), [a])
    assert.deepEqual(await listed('?view=watching'), [c])
    assert.deepEqual(await listed('?view=trouble'), [c])
    assert.ok((await listed('?view=solved')).includes(b))
    assert.equal((await listed('?view=open')).includes(b), false)
    assert.equal((await listed('?view=unassigned')).includes(a), false)
    const counts = await sam.client.get<Record<string, number>>('/tickets/counts')
    assert.deepEqual(counts, {
      mine: 1,
      unassigned: 5,
      open: 6,
      all: 8,
      watching: 1,
      trouble: 1,
      solved: 2,
      snoozed: 0,
    })
    for (const [view, count] of Object.entries(counts))
      assert.equal((await list(`?view=${view}&limit=1`)).total, count, view)
  })

  it('is narrowed by status, priority, owner, requester, department and category', async () => {
    const [a, , c, d] = numbers as [number, number, number, number]
    const category = await desk.admin.client.post<{ id: string }>('/categories', {
      name: 'Hardware',
    })
    await sam.client.patch(`/tickets/${d}`, { categoryId: category.id, priority: 'urgent' })
    assert.deepEqual(await listed('?status=waiting'), [c])
    assert.deepEqual(
      new Set(await listed('?status=waiting&status=solved')),
      new Set([c, numbers[1]]),
    )
    assert.deepEqual(await listed('?priority=urgent'), [d])
    assert.deepEqual(await listed('?owner=me&status=new'), [a])
    assert.deepEqual(await listed(`?owner=${sam.id}&status=solved`), [numbers[1]])
    assert.equal((await listed('?owner=none')).includes(a), false)
    assert.deepEqual(await listed('?requester=ANNA0@client.example'), [a])
    assert.equal((await list(`?department=${it_.id}`)).total, 8)
    assert.deepEqual(await listed(`?category=${category.id}`), [d])
    assert.deepEqual(await listed('?status=waiting&priority=urgent'), [])
  })

  it('finds words in subject, message and requester, whole or begun, and a ticket by its number', async () => {
    const d = numbers[3]!
    for (const q of [
      'drucker',
      'DRUCK',
      'café',
      'error-code',
      'E0-42',
      `"Drucker" prints`,
      'anna3@client.example',
      'Anna 3',
      String(d),
      `#${d}`,
    ]) {
      assert.ok((await listed(`?q=${encodeURIComponent(q)}`)).includes(d), q)
    }
    assert.deepEqual(await listed('?q=drucker%20unheard-of'), [])
    assert.equal((await list('?q=words')).total, 6)
  })

  it('takes anything as words, never as operators', async () => {
    for (const q of [
      `'`,
      `\\`,
      `a' | 'b`,
      `!x & (y`,
      ':*',
      '%',
      '<->',
      '\u0000',
      `'; DROP TABLE ticket; --`,
      'x'.repeat(500),
      '𝕏 😀',
    ]) {
      assert.equal(
        (await sam.client.request('GET', `/tickets?q=${encodeURIComponent(q)}`)).status,
        200,
        JSON.stringify(q),
      )
    }
  })

  it('says which part of a question it does not understand', async () => {
    const answer = await sam.client.request<{ errors: { pointer: string; message: string }[] }>(
      'GET',
      '/tickets?limit=0&status=lost&owner=somebody',
    )
    assertProblem(answer, 400, 'request-invalid')
    assert.deepEqual(
      answer.body.errors.map((e) => e.pointer),
      ['/query/limit', '/query/status', '/query/owner'],
    )
  })
})
