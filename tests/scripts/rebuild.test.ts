import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type Difference,
  notProjected,
  projectedColumns,
  projectionTables,
} from '../../activities/projection/compare.ts'
import { rebuildProjection } from '../../activities/projection/rebuild.ts'
import type { Message } from '../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { ApiDesk } from '../api/support/api-desk.ts'
import { MailDesk } from '../api/support/mail-desk.ts'
import { eventSchemas } from '../../domain/areas.ts'
import { freshId } from '../integration/support/mails.ts'
import { everyEvent } from './every-event.ts'

/**
 * Tables of people, settings and files: no event of a ticket writes them. A new table is either
 * made from events, or is to be named here.
 */
const NOT_OF_TICKETS = [
  'alert',
  'api_token',
  'app_user',
  'approval_rule',
  'asset',
  'asset_document',
  'automatic_mail',
  'blob',
  'category',
  'custom_field',
  'department',
  'document',
  'document_link',
  'idempotent_request',
  'mailbox',
  'location',
  'process_beat',
  'resolution',
  'sender',
  'sender_contact',
  'sla_calendar',
  'sla_revision',
  'service_level',
  'session',
  'setting',
  'setup_link',
  'task_template',
  'template',
  'ticket_approval_rule',
  'user_department',
  'user_location',
  'waiting_policy',
]

/** What `npm run rebuild` runs. */
const CLI = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url))

const ANNA = 'Anna Weber <anna@client.example>'

/**
 * Tickets with everything that can happen to them; then the projection is thrown away, or damaged,
 * and made again from the events.
 */
describe('npm run rebuild', () => {
  let desk: ApiDesk
  let mail: MailDesk
  let numbers: number[]
  let whole: Record<string, string[]>

  before(async () => {
    desk = await ApiDesk.open()
    const department = await desk.department('IT')
    mail = await MailDesk.open(desk, department.id)
    const { client, id: ada } = desk.admin
    const category = await client.post<{ id: string }>('/categories', {
      name: 'Hardware',
      departmentId: department.id,
    })
    numbers = []
    for (let i = 0; i < 5; i++) {
      const first = freshId()
      const number = await mail.take({
        from: ANNA,
        id: first,
        subject: `Printer ${i}`,
        text: `It jams on page ${i}, and smells.\n`,
      })
      numbers.push(number)
      await mail.take({
        from: 'Bo <bo@client.example>',
        inReplyTo: first,
        text: 'A stranger opens a ticket of their own.\n',
      })
      await mail.take({
        from: ANNA,
        inReplyTo: first,
        subject: `Re: Printer ${i}`,
        text: 'Another matter.\n',
      })
      await mail.take({ from: ANNA, inReplyTo: first, text: `More on ${i}: café, naïve, 1042.\n` })
      await client.post(`/tickets/${number}/notes`, { text: `Note ${i}` })
      await client.post(`/tickets/${number}/watchers`, { userId: ada })
      await client.patch(`/tickets/${number}`, {
        subject: `The printer of floor ${i}`,
        priority: 'high',
        ownerId: ada,
        categoryId: category.id,
        status: 'waiting',
      })
    }
    const [a, b, c, d] = numbers as [number, number, number, number, number]
    const deliver = async (
      message: Message,
      outcome: 'sent' | 'failed' | 'parked',
    ): Promise<void> => {
      await desk.pool.query(
        `UPDATE message SET state_detail = '"as the server said"' WHERE id = $1`,
        [message.id],
      )
      await desk.system(message.ticketNumber, 'recordDelivery', {
        messageId: message.id,
        outcome,
        detail: `250 ${outcome}`,
        attempt: 1,
      })
    }
    await deliver(
      await client.post<Message>(`/tickets/${a}/messages`, { text: 'Restart it.' }),
      'sent',
    )
    await deliver(
      await client.post<Message>(`/tickets/${a}/messages`, { text: 'And again.' }),
      'failed',
    )
    await deliver(
      await client.post<Message>(`/tickets/${b}/messages`, { text: 'Did it help?' }),
      'parked',
    )
    const bounced = await client.post<Message>(`/tickets/${b}/messages`, { text: 'Hello?' })
    await deliver(bounced, 'sent')
    await desk.system(b, 'deliveryReported', {
      messageId: bounced.id,
      recipient: 'anna@client.example',
      action: 'failed',
      status: '5.1.1',
      detail: 'no such user',
    })
    const held = await client.post<Message>(`/tickets/${c}/messages`, {
      text: 'Not so fast.',
      holdSeconds: 600,
    })
    await client.post(`/messages/${held.id}/cancel`)
    await client.post(`/tickets/${c}/messages`, { text: 'On its way.', holdSeconds: 600 })
    await client.post(`/tickets/${c}/links`, { number: d, kind: 'blocks' })
    await client.post(`/tickets/${c}/links`, { number: a, kind: 'relates' })
    await client.delete(`/tickets/${c}/links/relates/${a}`)
    await client.post(`/tickets/${a}/merge`, { into: b })
    await client.post(`/tickets/${d}/merge`, { into: b })
    await client.post(`/tickets/${d}/unmerge`)
    const { items } = await client.get<{ items: Message[] }>(`/tickets/${d}/messages`)
    const split = await client.post<TicketDetail>(`/tickets/${d}/split`, {
      messageIds: [items[1]!.id],
      subject: 'Another matter',
    })
    const undone = await client.post<TicketDetail>(`/tickets/${d}/split`, {
      fromMessageId: items[2]!.id,
      subject: 'Back again',
    })
    await client.post(`/tickets/${undone.number}/unsplit`)
    await client.patch(`/tickets/${split.number}`, { status: 'solved', resolution: 'answered' })
    await client.post('/ticket-approval-rules', {
      name: 'Hardware',
      categoryId: category.id,
      stages: [{ rule: { kind: 'any' }, approvers: [{ email: 'boss@client.example' }] }],
      blocksResolution: false,
    })
    await client.patch(`/tickets/${c}`, { categoryId: null })
    await client.patch(`/tickets/${c}`, { categoryId: category.id })
    const laptops = await client.post<{ id: string }>(`/tickets/${c}/purchases`, {
      title: 'Laptops',
      currency: 'EUR',
      lines: [
        { item: 'Laptop', quantity: '2', unitPrice: '1200.10', supplier: 'Example' },
        { item: 'Dock', quantity: '1', unitPrice: '99', currency: 'USD' },
      ],
    })
    await client.post(`/tickets/${c}/purchases/${laptops.id}/submission`, { revision: 1 })
    await client.post(`/tickets/${c}/purchases/${laptops.id}/cancellation`, {
      reason: 'Found some.',
    })
    await everyEvent(desk, department)
    whole = await dump()
  })
  after(() => desk?.close())

  /** Every row of every table, as text. */
  async function dump(): Promise<Record<string, string[]>> {
    const { rows } = await desk.pool.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('session', '_prisma_migrations', '_sql_functions') ORDER BY 1`,
    )
    const tables: Record<string, string[]> = {}
    for (const { name } of rows)
      tables[name] = (
        await desk.pool.query<{ row: string }>(
          `SELECT t::text AS row FROM "${name}" AS t ORDER BY 1`,
        )
      ).rows.map((r) => r.row)
    return tables
  }
  const rebuild = async (check = false): Promise<{ differing: number; found: Difference[] }> => {
    const found: Difference[] = []
    const { differing } = await rebuildProjection(desk.db, {
      check,
      found: (more) => found.push(...more),
    })
    return { differing, found }
  }
  const damage = async (): Promise<void> => {
    for (const sql of [
      `UPDATE ticket SET subject = 'x', status = 'new', priority = 'low', owner_id = NULL, preview = '', message_count = 0, updated_at = now(), search = NULL, state = '{}', version = 1 WHERE number % 2 = 0`,
      `UPDATE ticket SET category_id = NULL, solved_at = now(), delivery_trouble = NOT delivery_trouble, search = to_tsvector('simple', 'other words') WHERE number % 2 = 1`,
      'DELETE FROM ticket_watcher',
      'DELETE FROM ticket_link',
      'DELETE FROM ticket_split',
      'DELETE FROM merged_ticket',
      `UPDATE ticket_merge SET into_number = 1`,
      `UPDATE message SET event_no = NULL WHERE direction = 'inbound'`,
      `UPDATE message SET state = 'queued', state_detail = '"nonsense"' WHERE state IN ('sent', 'failed', 'bounced', 'doubtful')`,
      `UPDATE purchase SET state = 'draft', totals = '[]', words = ''`,
      'DELETE FROM approval',
      'UPDATE note SET event_no = 77',
      `INSERT INTO ticket_split_from (ticket_number, split_id, from_number) SELECT min(number), gen_random_uuid(), 5 FROM ticket`,
    ])
      await desk.pool.query(sql)
  }

  it('is tried on everything that can happen to a ticket', async () => {
    const { rows } = await desk.pool.query<{ type: string }>(
      'SELECT DISTINCT type FROM ticket_event',
    )
    const happened = new Set(rows.map(({ type }) => type))
    assert.deepEqual(
      Object.keys(eventSchemas).filter((type) => !happened.has(type)),
      [],
      'event types that every-event.ts leaves out',
    )
  })

  it('knows of every table whether it follows from events', async () => {
    const projected = (await projectionTables(desk.db)).map(({ name }) => name)
    const known = new Set([...projected, ...notProjected, ...NOT_OF_TICKETS])
    assert.deepEqual(
      Object.keys(whole).filter((table) => !known.has(table)),
      [],
      'tables that are neither compared nor named as made by something else',
    )
    assert.deepEqual(
      projected.filter((table) => whole[table]!.length === 0),
      [],
      'tables of the projection that the test has no row in',
    )
  })

  it('finds nothing to do where nothing is damaged, and leaves every table as it is, to the byte', async () => {
    assert.deepEqual(await rebuild(), { differing: 0, found: [] })
    assert.deepEqual(await dump(), whole)
  })

  it('makes damaged and missing rows again, to the byte', async () => {
    await damage()
    assert.notDeepEqual(await dump(), whole)
    const { differing } = await rebuild()
    assert.ok(differing >= numbers.length)
    assert.deepEqual(await dump(), whole)
    assert.deepEqual(await rebuild(), { differing: 0, found: [] }, 'twice is once')
  })

  it('makes everything again when every row is gone, and tells nobody anything twice', async () => {
    for (const { name } of (await projectionTables(desk.db)).toReversed())
      if (name !== 'ticket' && !(name in projectedColumns))
        await desk.pool.query(`DELETE FROM "${name}"`)
    await desk.pool
      .query(`UPDATE ticket SET version = 0, subject = '', status = 'new', priority = 'low', owner_id = NULL, category_id = NULL, resolution = NULL, requester_email = '', preview = '', message_count = 0,
      due_at = NULL, solved_at = NULL, closed_at = NULL, snoozed = false, snoozed_until = NULL, tags = '{}', location_id = NULL, state = '{}', search = NULL`)
    await desk.pool.query(
      `UPDATE confirmation SET event_no = NULL, state = 'given', ended_at = now(), answered_from = 'x', reason = 'x'`,
    )
    await desk.pool.query('UPDATE note SET event_no = NULL')
    await desk.pool.query('UPDATE message SET event_no = NULL')
    await rebuild()
    assert.deepEqual(await dump(), whole)
  })

  it('may be cut off: what is done stays, and the next run does the rest', async () => {
    await damage()
    await assert.rejects(
      rebuildProjection(desk.db, {
        check: false,
        found: () => {
          throw new Error('cut off')
        },
      }),
      /cut off/,
    )
    const { differing } = await rebuild()
    assert.ok(differing > 0)
    assert.deepEqual(await dump(), whole)
  })

  it('goes on after a ticket that it cannot rebuild, and says which', async () => {
    const [first, second] = numbers as [number, number]
    await desk.pool.query(`UPDATE ticket SET subject = 'Forged' WHERE number = $1`, [second])
    const opened = 'ticket_number = $1 AND no = 1'
    const {
      rows: [event],
    } = await desk.pool.query<{ data: object }>(`SELECT data FROM ticket_event WHERE ${opened}`, [
      first,
    ])
    await desk.pool.query(`UPDATE ticket_event SET data = data - 'department' WHERE ${opened}`, [
      first,
    ])
    const said = await command()
    assert.equal(said.code, 2, said.text)
    assert.match(said.text, new RegExp(`#${first} could not be rebuilt and stays as it was: `))
    await desk.pool.query(`UPDATE ticket_event SET data = $2 WHERE ${opened}`, [first, event!.data])
    assert.deepEqual(await dump(), whole)
  })

  it('only says what differs with --check', async () => {
    await desk.pool.query(`UPDATE ticket SET subject = 'Forged' WHERE number = $1`, [numbers[0]])
    const damaged = await dump()
    const { found } = await rebuild(true)
    assert.deepEqual(found, [
      {
        ticket: numbers[0],
        table: 'ticket',
        key: String(numbers[0]),
        column: 'subject',
        found: 'Forged',
        expected: 'The printer of floor 0',
      },
    ])
    const said = await command('--check')
    assert.deepEqual(
      [said.code, said.text.split('\n').find((line) => line.startsWith('#'))],
      [1, `#${numbers[0]} ticket.subject: Forged should be The printer of floor 0`],
    )
    assert.deepEqual(await dump(), damaged)
    const repaired = await command()
    assert.equal(repaired.code, 0, repaired.text)
    assert.deepEqual(await dump(), whole)
    assert.match((await command('--check')).text, /^All \d+ tickets are as their events say\.\n$/m)
  })

  it('is safe while tickets are worked on', async () => {
    const { client } = desk.admin
    let over = false
    const repairing = (async () => {
      while (!over) await rebuild()
    })()
    for (let i = 0; i < 40; i++)
      await client.patch(`/tickets/${numbers[1 + (i % 2)]}`, {
        priority: i % 4 < 2 ? 'low' : 'urgent',
      })
    over = true
    await repairing
    assert.deepEqual(await rebuild(true), { differing: 0, found: [] })
  })

  function command(...args: string[]): Promise<{ code: number | null; text: string }> {
    const child = spawn(process.execPath, ['--enable-source-maps', CLI, 'rebuild', ...args], {
      env: { ...process.env, DATABASE_URL: desk.databaseUrl },
    })
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    child.stderr.on('data', (chunk) => (text += chunk))
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })))
  }
})
