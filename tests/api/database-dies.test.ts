import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { after, before, describe, it, mock } from 'node:test'
import type pg from 'pg'
import type { Workflows } from '../../api/temporal/workflows.ts'
import { commands } from '../../domain/areas.ts'
import { FOLLOWING } from '../../domain/merging/second-step.ts'
import type { Department } from '../../domain/people/contract.ts'
import { ApiClient } from '../harness/api-client.ts'
import { everyEvent } from '../scripts/every-event.ts'
import { ApiDesk } from './support/api-desk.ts'
import { projectedWorkflows } from './support/projected-workflows.ts'

/** Somebody's request, and what was answered when the database had died after its command. */
interface Asked {
  request: string
  status: number
  code: string | undefined
}

/** An error, or one for each of several tickets. */
interface Told {
  code?: string
  failed?: { code: string }[]
}

/**
 * The database is there until a request's command is taken, and away from then until the request is
 * answered.
 */
class DyingDatabase {
  /** Whose commands were taken just before it died. */
  readonly taken = new Set<string>()
  isWatched = false
  isDead = false

  /** The claim of an Idempotency-Key can be let go, or the same request would have to wait for it. */
  attach(pool: pg.Pool): void {
    pool.on('connect', (client) => {
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
      const query = client.query.bind(client) as (...args: unknown[]) => unknown
      const dying = (...args: unknown[]): unknown => {
        const [said] = args as [string | { text: string }]
        const text = typeof said === 'string' ? said : said.text
        if (this.isDead && !text.includes('idempotent_request')) stream.destroy()
        return query(...args)
      }
      client.query = dying as typeof client.query
    })
  }

  /** It dies as soon as one is taken. */
  after(workflows: Workflows): Workflows {
    return {
      ...workflows,
      execute: async (facts, name, command, sending) => {
        const answer = await workflows.execute(facts, name, command, sending)
        if (this.isWatched) {
          this.taken.add(name)
          this.isDead = true
        }
        return answer
      },
    }
  }

  /** @returns what `work` does, and whether it died meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<{ result: T; died: boolean }> {
    this.isWatched = true
    try {
      const result = await work()
      return { result, died: this.isDead }
    } finally {
      this.isWatched = false
      this.isDead = false
    }
  }
}

describe('a database that dies after a command was taken', () => {
  const database = new DyingDatabase()
  const asked: Asked[] = []
  let desk: ApiDesk

  before(async () => {
    desk = await ApiDesk.open({
      workflows: (pool) => {
        database.attach(pool)
        return database.after(projectedWorkflows(pool))
      },
    })
    const department = await desk.department('IT')
    const send = ApiClient.prototype.fetch
    mock.method(
      ApiClient.prototype,
      'fetch',
      async function (this: ApiClient, ...[method, path, body]: Parameters<ApiClient['fetch']>) {
        if (method === 'GET') return send.call(this, method, path, body)
        const headers = { 'idempotency-key': crypto.randomUUID() }
        const sendOnce = () => send.call(this, method, path, body, { headers })
        const { result, died } = await database.during(sendOnce)
        if (!died) return result
        const told = (await result
          .clone()
          .json()
          .catch(() => ({}))) as Told
        for (const { code } of [told, ...(told.failed ?? [])])
          asked.push({ request: `${method} ${path}`, status: result.status, code })
        if (result.ok) return result
        const again = await sendOnce()
        return again.ok ? again : lookedUp((from) => send.call(this, 'GET', from), path)
      },
    )
    await everyEvent(desk, department)
    await everyOtherCommand(desk, department)
  })
  after(async () => {
    mock.restoreAll()
    await desk?.close()
  })

  /** What cannot be done twice was done: it is there, by itself or in its list, or is gone. */
  async function lookedUp(
    get: (path: string) => Promise<Response>,
    path: string,
  ): Promise<Response> {
    const found = await get(path)
    if (found.ok) return found
    const end = path.lastIndexOf('/')
    const list = await get(path.slice(0, end))
    const { items = [] } = (await list.json()) as { items?: { id?: string }[] }
    const one = items.find(({ id }) => id === path.slice(end + 1))
    return one ? Response.json(one) : new Response(null, { status: 204 })
  }

  it('is told by no route as if nothing was changed', () => {
    assert.ok(asked.length > 50, `${asked.length} requests`)
    assert.deepEqual(
      asked.filter(({ status, code }) => (status >= 400 || code) && code !== 'outcome-unknown'),
      [],
    )
    assert.ok(asked.some(({ code }) => code === 'outcome-unknown'))
  })

  it('came after every command that a request begins with', () => {
    const people = Object.entries(commands).filter(([, { right }]) => right !== 'system')
    // It is sent when those of others were carried out.
    const asked = new Set([...database.taken, 'recordChildrenNotified'])
    assert.deepEqual(
      people.map(([name]) => name).filter((name) => !asked.has(name) && !isSecondStep(name)),
      [],
    )
  })
})

const isSecondStep = (name: string): boolean => FOLLOWING.has(name) && name !== 'undoMerge'

/** What no event of `everyEvent` comes of by a request. */
async function everyOtherCommand(desk: ApiDesk, { id: departmentId }: Department): Promise<void> {
  const { client, id: ownerId } = desk.admin
  const open = (subject: string): Promise<{ number: number }> =>
    client.post('/tickets', {
      subject,
      departmentId,
      requester: { email: 'anna@client.example', name: 'Anna' },
      text: 'It jams.',
    })
  const [{ number }, other] = [await open('One'), await open('Other')]
  const at = `/tickets/${number}`
  const category = await client.post<{ id: string }>('/categories', { name: 'Hardware' })
  const { items: resolutions } = await client.get<{ items: { key: string }[] }>('/resolutions')
  for (const change of [
    { ownerId },
    { priority: 'high' },
    { categoryId: category.id },
    { resolution: resolutions[0]!.key },
    { subject: 'Another' },
  ])
    await client.patch(at, change)
  await client.post('/tickets/bulk', {
    numbers: [number],
    change: { priority: 'low' },
  })
  await client.post(`${at}/notes`, { text: 'A note.' })
  await client.post(`${at}/links`, { number: other.number, kind: 'relates' })
  await client.delete(`${at}/links/relates/${other.number}`)
  const held = await client.post<{ id: string }>(`${at}/messages`, { text: 'x', holdSeconds: 600 })
  await client.post(`/messages/${held.id}/cancel`)
  const purchase = await client.post<{ id: string }>(`${at}/purchases`, {
    title: 'A mouse',
    currency: 'EUR',
    lines: [],
  })
  await client.post(`${at}/purchases/${purchase.id}/cancellation`, { reason: 'Found one.' })
  const sent = await client.post<{ id: string }>(`${at}/messages`, { text: 'y', holdSeconds: 0 })
  const split = await client.post<{ number: number }>(`${at}/split`, {
    messageIds: [sent.id],
    subject: 'Split',
  })
  await client.post(`/tickets/${split.number}/unsplit`)
  await client.post(`${at}/merge`, { into: other.number })
  await client.post(`${at}/unmerge`)
}
