import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { z } from 'zod'
import type { quarantineItem } from '../../../domain/mail-in/contract.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { ApiDesk } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

type Item = z.infer<typeof quarantineItem>

describe('the quarantine', () => {
  let desk: ApiDesk
  let mailboxId: string

  before(async () => {
    desk = await ApiDesk.open()
    const it_ = await desk.department('IT')
    mailboxId = (
      await desk.admin.client.post<{ id: string }>('/mailboxes', {
        address: 'it@desk.example',
        departmentId: it_.id,
      })
    ).id
  })
  after(() => desk?.close())

  let uid = 0
  async function broken(raw: string | Buffer): Promise<string> {
    const id = timeOrderedId()
    const bytes = Buffer.from(raw)
    await desk.pool.query(
      `INSERT INTO mail (id, mailbox_id, source, uid, content_key, blob_sha256, size, state, outcome, outcome_reason, attempts) VALUES ($1, $2, 'imap', $3, $4, $5, $6, 'settled', 'quarantine', '"parse-failed: too deep"', 1)`,
      [id, mailboxId, ++uid, `k${uid}`, await desk.blobs.put(bytes), bytes.length],
    )
    return id
  }

  it('shows what can be read of each mail, newest first', async () => {
    const one = await broken(
      'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nFrom: =?utf-8?B?QW5uYQ==?=\r\n <anna@client.example>\r\n\r\nSubject: not this one\r\n',
    )
    const two = await broken(Buffer.from([0, 1, 2, 255, 254]))
    const { items } = await desk.admin.client.get<{ items: Item[] }>('/quarantine')
    const [second, first] = items as [Item, Item]
    assert.deepEqual(
      [first.id, first.subject, first.from, first.mailbox, first.reason, first.attempts],
      [one, 'Grüße', 'Anna <anna@client.example>', 'it@desk.example', 'parse-failed: too deep', 1],
    )
    assert.deepEqual([second.id, second.subject, second.from, second.size], [two, '', '', 5])
    const page = await desk.admin.client.get<{ items: Item[]; next: string }>('/quarantine?limit=1')
    assert.deepEqual(
      (
        await desk.admin.client.get<{ items: Item[] }>(`/quarantine?limit=1&cursor=${page.next}`)
      ).items.map((i) => i.id),
      [one],
    )
  })

  it('gives the raw mail to the byte, as a download', async () => {
    const raw = Buffer.from([65, 58, 0, 13, 10, 255])
    const answer = await desk.admin.client.fetch('GET', `/quarantine/${await broken(raw)}/source`)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), raw)
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment;/)
  })

  it('has a mail tried again by its mailbox’s workflow', async () => {
    const id = await broken('Subject: x\r\n\r\n')
    await desk.admin.client.post(`/quarantine/${id}/retry`)
    assert.deepEqual(desk.mailboxCalls.at(-1), ['retry', mailboxId, id])
    await desk.pool.query(`UPDATE mail SET outcome = 'ticket' WHERE id = $1`, [id])
    assertProblem(await desk.admin.client.request('POST', `/quarantine/${id}/retry`), 404)
    assertProblem(await desk.admin.client.request('GET', `/quarantine/${id}/source`), 404)
  })
})
