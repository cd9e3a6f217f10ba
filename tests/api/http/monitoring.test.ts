import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { ProcessBeat } from '../../../application/health/process-beat.ts'
import { checkCode } from '../../../domain/health/vocabulary.ts'
import { eventually } from '../../harness/eventually.ts'
import { ApiDesk, SECRET_KEYS } from '../support/api-desk.ts'

const read = (name: string): string =>
  fs.readFileSync(new URL(`../../../docs/monitoring/${name}`, import.meta.url), 'utf8')

/** What a query of Prometheus asks for. */
const metricsIn = (query: string): string[] =>
  [...query.matchAll(/\b(?:guichet|process|nodejs)_\w+/g)].map(([name]) => name)

interface Dashboard {
  panels: { id: number; title: string; targets: { expr: string }[] }[]
}

describe('what is ready to load into Prometheus and Grafana', () => {
  let desk: ApiDesk
  let worker: ProcessBeat
  let exposed: string

  before(async () => {
    desk = await ApiDesk.open()
    worker = new ProcessBeat(desk.bounded, 'worker', SECRET_KEYS)
    await worker.beat()
    exposed = (await desk.client().request<string>('GET', '/metrics')).body
  })
  after(async () => {
    await worker?.stop()
    await desk?.close()
  })

  const known = (): Set<string> =>
    new Set(
      [...exposed.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    )
  const unknown = (queries: readonly string[]): string[] =>
    queries.flatMap(metricsIn).filter((name) => !known().has(name))

  it('the alert rules name only metrics that there are', () => {
    const rules = [...read('prometheus-rules.yml').matchAll(/^\s+(?:- )?expr: (.+)$/gm)].map(
      ([, query = '']) => query,
    )
    const alerts = [...read('prometheus-rules.yml').matchAll(/- alert: (\w+)/g)]
    assert.ok(alerts.length >= 5)
    assert.equal(rules.length, alerts.length)
    assert.deepEqual(unknown(rules), [])
  })

  it('the dashboard names only metrics that there are, in panels of their own', () => {
    const { panels } = JSON.parse(read('grafana-dashboard.json')) as Dashboard
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    assert.ok(queries.every((query) => metricsIn(query).length > 0))
    assert.deepEqual(unknown(queries), [])
  })

  it('every check has its state', () => {
    for (const code of checkCode.options)
      assert.match(exposed, new RegExp(`^guichet_check_state\\{check="${code}"\\} \\d$`, 'm'))
    assert.match(exposed, /^guichet_ready 1$/m)
    assert.match(exposed, /^guichet_workers 1$/m)
  })

  it('a command that the database cannot take is told until an admin has decided', async () => {
    await desk.pool.query(
      `INSERT INTO unwritten_command (id, ticket_number, command_id, name, actor, payload, reason)
       VALUES (gen_random_uuid(), 1, 'c', 'addNote', '{"kind":"system","name":"Guichet"}', '{}', 'no')`,
    )
    const told = () =>
      desk
        .client()
        .request<string>('GET', '/metrics')
        .then(({ body }) => body)
    await eventually('it is told', async () =>
      /^guichet_trouble_seconds\{check="quarantine",reason="command-unwritable",subject=""\}/m.test(
        await told(),
      ),
    )
    await desk.pool.query(`UPDATE unwritten_command SET ended = 'dropped'`)
    await eventually('it is told no more', async () =>
      /^guichet_unwritable_commands 0$/m.test(await told()),
    )
  })

  it('a note that is kept is told while it waits; of one that is not kept its writer knows', async () => {
    const { number } = await desk.mailTicket(await desk.department('Notes'))
    const id = randomUUID()
    await desk.pool.query(
      `INSERT INTO note (id, ticket_number, author_id, author_name, text, created_at)
       SELECT $1, $2, id, name, 'Unwritten.', now() - interval '10 minutes' FROM app_user LIMIT 1`,
      [id, number],
    )
    const waiting = async (): Promise<boolean> => {
      const { body } = await desk.client().request<string>('GET', '/metrics')
      return /^guichet_trouble_seconds\{check="commands",reason="command-waiting"/m.test(body)
    }
    await desk.pool.query(
      `INSERT INTO kept_command (ticket_number, command_id, name, command, facts) VALUES ($1, 'n', 'addNote', $2, '{}')`,
      [number, JSON.stringify({ id: 'n', payload: { noteId: id } })],
    )
    await eventually('it is told', waiting)
    await desk.pool.query('DELETE FROM kept_command')
    await eventually('it is told no more', async () => !(await waiting()))
  })

  it('a mail is counted as a ticket when its event is written, and not before', async () => {
    const department = await desk.department('IT')
    const { id } = await desk.admin.client.post<{ id: string }>('/mailboxes', {
      address: 'it@desk.example',
      departmentId: department.id,
    })
    await desk.pool.query(
      `INSERT INTO mail (id, mailbox_id, source, content_key, blob_sha256, size, state, outcome)
       VALUES (gen_random_uuid(), $1, 'smtp', 'a', 'b', 1, 'routed', 'ticket')`,
      [id],
    )
    const figures = async (): Promise<string> =>
      (await desk.client().request<string>('GET', '/metrics')).body
    const before = await figures()
    assert.match(before, /^guichet_mails\{end="waiting"\} 1$/m)
    assert.doesNotMatch(before, /^guichet_mails\{end="ticket"\}/m)
    await desk.pool.query(`UPDATE mail SET state = 'settled'`)
    const settled = await figures()
    assert.match(settled, /^guichet_mails\{end="ticket"\} 1$/m)
    assert.doesNotMatch(settled, /^guichet_mails\{end="waiting"\}/m)
  })
})
