import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createTransport } from 'nodemailer'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import type { Message } from '../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { runCommand } from '../cli/run-command.ts'
import { absentDatabase, type FreshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { serverOf } from '../harness/needs.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { rawMail } from './support/mails.ts'

const LONG = 300_000

/**
 * A backup is made while a desk works, and restored elsewhere, where Temporal knows nothing of it:
 * what the log says goes on there.
 */
describe('a desk from a backup, on a Temporal server that knows nothing of it', () => {
  let first: Guichet
  let second: Guichet | undefined
  let relay: SmtpPeer
  let database: FreshDatabase
  let open: number
  let solved: number
  let waits: Message

  before(async () => {
    relay = await SmtpPeer.start()
    const env = { DEFAULT_SMTP_URL: relay.url, DEFAULT_FROM: 'Desk <desk@desk.test>' }
    first = await Guichet.start({ env })
    const admin = await first.admin()
    const { id: departmentId } = await admin.post<{ id: string }>('/departments', {
      name: 'IT',
      acknowledge: false,
    })
    await admin.post('/mailboxes', { address: 'it@desk.test', departmentId })
    const ticket = async (subject: string): Promise<number> =>
      (
        await admin.post<{ number: number }>('/tickets', {
          departmentId,
          requester: { email: 'anna@client.example' },
          subject,
          text: 'Hello',
        })
      ).number
    open = await ticket('Goes on')
    solved = await ticket('Closes by itself')
    await admin.patch(`/tickets/${solved}`, { status: 'solved' })
    const sent = await admin.post<Message>(`/tickets/${open}/messages`, { text: 'At once.' })
    await eventually('the first reply has left', async () => {
      const messages = await admin.get<{ items: Message[] }>(`/tickets/${open}/messages`)
      return messages.items.find(({ id }) => id === sent.id)?.state === 'sent'
    })
    // Nobody takes it: it waits when the backup is made, and when the desk ends.
    await relay.stop()
    waits = await admin.post<Message>(`/tickets/${open}/messages`, {
      text: 'It comes from the restored desk.',
    })

    database = absentDatabase()
    const file = path.join(first.dataDir, 'backup.tar.gz')
    const made = await runCommand(['backup', '-o', file], first.env)
    assert.equal(made.code, 0, made.said)
    await first.stopProcesses()
    const restored = await runCommand(['restore', file], {
      ...first.env,
      DATABASE_URL: database.url,
      DATA_DIR: path.join(first.dataDir, 'another'),
    })
    assert.equal(restored.code, 0, restored.said)
    fs.rmSync(file)
    await relay.start()
    second = await Guichet.start({ databaseUrl: database.url, env })
  })
  after(async () => {
    await second?.stop()
    await first?.stop()
    await relay?.stop()
    await database?.drop()
  })

  it('starts the workflow of each open ticket again, with its timers', async () => {
    const { client, connection } = await connectTemporal(
      serverOf('TEST_TEMPORAL_ADDRESS'),
      second!.namespace,
    )
    const details = async (number: number): Promise<string> =>
      (
        await client.workflow
          .getHandle(ticketWorkflowId(number))
          .query<{ currentDetails?: string }>('__temporal_workflow_metadata')
      ).currentDetails ?? ''
    try {
      await eventually(
        'the solved ticket waits for its closing again',
        async () => /closes at/.test(await details(solved).catch(() => '')),
        LONG,
      )
      await eventually(
        'the open ticket lives again',
        async () => /Status/.test(await details(open).catch(() => '')),
        LONG,
      )
    } finally {
      await connection.close()
    }
  })

  it('sends once what waited to be sent, and nothing again that had been sent', async () => {
    const admin = await second!.admin()
    await eventually(
      'the reply has left',
      async () => {
        const messages = await admin.get<{ items: Message[] }>(`/tickets/${open}/messages`)
        return messages.items.find(({ id }) => id === waits.id)?.state === 'sent'
      },
      LONG,
    )
    const texts = relay.mails.map(({ raw }) => raw.toString('utf8'))
    assert.equal(
      texts.filter((text) => text.includes('It comes from the restored desk.')).length,
      1,
    )
    assert.equal(texts.filter((text) => text.includes('At once.')).length, 1)
  })

  it('takes an answer to a ticket of the backup, and opens new tickets above its numbers', async () => {
    const admin = await second!.admin()
    const reply = relay.mails.find(({ raw }) => raw.includes('At once.'))!.raw.toString('utf8')
    const id = /^Message-ID: <([^>]+)>/im.exec(reply)?.[1]
    assert.ok(id)
    await handIn(
      rawMail({ subject: 'Re: Goes on', inReplyTo: id, to: 'it@desk.test', text: 'Thank you.\n' }),
    )
    await eventually(
      'the answer is in its ticket',
      async () => {
        const messages = await admin.get<{ items: Message[] }>(`/tickets/${open}/messages`)
        return messages.items.some(({ direction }) => direction === 'inbound')
      },
      LONG,
    )
    const before = await admin.get<TicketDetail>(`/tickets/${open}`)
    const after = await admin.patch<TicketDetail>(`/tickets/${open}`, { priority: 'urgent' })
    // What the answer started (notifications, a status) may come in between.
    assert.equal(after.priority, 'urgent')
    assert.ok(after.version > before.version)
    await handIn(
      rawMail({ subject: 'Another matter', to: 'it@desk.test', from: 'bo@client.example' }),
    )
    const { items } = await eventually(
      'a new ticket',
      async () => {
        const found = await admin.get<{ items: { number: number; subject: string }[] }>('/tickets')
        return found.items.some(({ subject }) => subject === 'Another matter') ? found : undefined
      },
      LONG,
    )
    assert.ok(items.find(({ subject }) => subject === 'Another matter')!.number > solved)
  })

  async function handIn(raw: string): Promise<void> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: second!.smtpPort,
      secure: false,
      tls: { rejectUnauthorized: false },
    })
    await transport.sendMail({
      envelope: { from: 'anna@client.example', to: 'it@desk.test' },
      raw,
    })
    transport.close()
  }
})
