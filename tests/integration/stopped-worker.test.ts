import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { eventually } from '../harness/eventually.ts'
import { serverOf, withoutDovecot } from '../harness/needs.ts'
import { Audit } from './support/audit.ts'
import { Desk } from './support/desk.ts'
import { freshId, rawMail } from './support/mails.ts'

const TICKETS = 12
/**
 * Longer than Temporal waits for a workflow task (10 s), twice: what the worker had in hand has gone
 * to nobody else by then, and what it does with it afterwards comes too late. Milliseconds.
 */
const STOPPED = 22_000
/**
 * For everything that is to come after it goes on, together: a ticket that cannot go on is found and
 * gets a new run within two minutes, and once more after a pause should that one not go on either.
 */
const LONG = 300_000

interface Opened {
  number: number
  id: string
  from: string
}

/** @returns what is left of the time, whenever it is asked. */
const deadline = (): (() => number) => {
  const until = Date.now() + LONG
  return () => Math.max(0, until - Date.now())
}

/**
 * A worker that stands still (a machine that was suspended, a process that was stopped) and goes on:
 * what it decides then may be stale, and its workflows may not be able to go on.
 */
describe('a worker that stands still for a while', { skip: withoutDovecot }, () => {
  let desk: Desk
  let audit: Audit
  let tickets: Opened[] = []

  before(async () => {
    desk = await Desk.open()
    audit = Audit.open(desk.guichet.databaseUrl)
  })
  after(async () => {
    if (desk?.guichet.pid('worker')) process.kill(desk.guichet.pid('worker')!, 'SIGCONT')
    await audit?.close()
    await desk?.close()
  })

  const written: string[] = []
  const sent: Promise<{ status: number; body: unknown }>[] = []
  /** A command of a person; whoever waits is told within seconds that it is kept. */
  const note = ({ number }: Opened, text: string): void => {
    written.push(`${number} ${text}`)
    sent.push(desk.admin.request('POST', `/tickets/${number}/notes`, { text }))
  }
  const answers: string[] = []
  const answer = ({ id, from }: Opened): void => {
    answers.push(freshId())
    desk.deliver(rawMail({ id: answers.at(-1)!, from, inReplyTo: id, references: [id] }))
  }

  /** Writes an answer, and takes it back as soon as it is kept. */
  const takenBack = async ({ number }: Opened): Promise<number> => {
    const text = `Too quick, ${number}.`
    const { status } = await desk.admin.request('POST', `/tickets/${number}/messages`, {
      text,
      holdSeconds: 3,
    })
    assert.ok(status === 201 || status === 202, `answered with ${status}`)
    const [written] = await audit.rows<{ id: string }>(
      'SELECT id FROM message WHERE ticket_number = $1 AND text_visible = $2',
      [number, text],
    )
    return (await desk.admin.request('POST', `/messages/${written!.id}/cancel`)).status
  }

  it('has done everything in the end: commands, mails and timers of before, meanwhile and afterwards, and nothing that was taken back', async (t) => {
    tickets = Array.from({ length: TICKETS }, (_, i) => ({
      number: 0,
      id: freshId(),
      from: `person${i}@client.example`,
    }))
    for (const { id, from } of tickets) desk.deliver(rawMail({ id, from, subject: from }))
    await eventually('all are tickets', async () => (await audit.settled()) === TICKETS)
    for (const { number, subject } of await desk.tickets())
      tickets.find(({ from }) => from === subject)!.number = number

    // Timers that end meanwhile: a reply that is held back, and a snooze.
    for (const { number } of tickets) {
      sent.push(
        desk.admin.request('POST', `/tickets/${number}/messages`, {
          text: `Answer to ${number}.`,
          holdSeconds: 8,
        }),
      )
      sent.push(
        desk.admin.request('PUT', `/tickets/${number}/snooze`, {
          until: new Date(Date.now() + 12_000).toISOString(),
        }),
      )
    }
    await Promise.all(sent)

    const worker = desk.guichet.pid('worker')!
    for (const ticket of tickets) note(ticket, 'in hand')
    // Answers that are over with being held back before anybody takes them back, and in hand by then.
    const tooQuick = tickets.map(takenBack)
    process.kill(worker, 'SIGSTOP')
    const stopped = Date.now()
    for (let round = 0; Date.now() - stopped < STOPPED; round++) {
      for (const [i, ticket] of tickets.entries()) {
        if (i % 3 === round % 3) note(ticket, `meanwhile ${round}`)
        if (i % 4 === round % 4) answer(ticket)
      }
      await pause(STOPPED / 6)
    }
    process.kill(worker, 'SIGCONT')
    for (const ticket of tickets) note(ticket, 'at once afterwards')

    const left = deadline()
    for (const { status, body } of await Promise.all(sent))
      assert.ok(status >= 200 && status < 300, `answered with ${status} ${JSON.stringify(body)}`)
    await eventually(
      'every command is in its history',
      async () => {
        const rows = await audit.rows<{ note: string }>(
          `SELECT ticket_number || ' ' || (data->>'preview') AS note FROM ticket_event WHERE type = 'noteAdded'`,
        )
        const missing = written.filter((text) => !rows.some((row) => row.note === text))
        if (missing.length > 0) throw new Error(`${missing.length} missing: ${missing.join(', ')}`)
        assert.equal(rows.length, written.length, 'each once')
        return true
      },
      left(),
    )
    await eventually(
      'every mail is in its ticket',
      async () => {
        if ((await audit.settled()) < TICKETS + answers.length)
          throw new Error(JSON.stringify(await audit.ends()))
        return true
      },
      left(),
    )
    const cancelled = (await Promise.all(tooQuick)).filter((status) => status !== 409).length
    await eventually(
      'every reply is out, and known to be, or taken back',
      async () =>
        (await audit.count(
          `message WHERE direction = 'outbound' AND NOT automatic AND state = 'sent'`,
        )) +
          (await audit.count(`ticket_event WHERE type = 'messageCancelled'`)) ===
        2 * TICKETS,
      left(),
    )
    const back = await audit.count(`ticket_event WHERE type = 'messageCancelled'`)
    t.diagnostic(
      `${back} of ${TICKETS} answers taken back; ${cancelled} cancellations were not refused at once`,
    )
    assert.ok(back > 0, 'although nobody held them back any more when the worker went on')
    await eventually(
      'every snooze has ended',
      async () => (await audit.count('ticket WHERE snoozed')) === 0,
      left(),
    )
    assert.equal(desk.peer.mails.length, 2 * TICKETS - back, 'each reply once, and none of those')
    await audit.assertSound()
  })

  it('and every ticket goes on', async (t) => {
    const { client, connection } = await connectTemporal(
      serverOf('TEST_TEMPORAL_ADDRESS'),
      desk.guichet.namespace,
    )
    t.after(() => connection.close())
    const left = deadline()
    for (const ticket of tickets) note(ticket, 'at the end')
    for (const { number } of tickets)
      await eventually(
        `#${number} knows what its log knows`,
        async () => {
          const { version } = await client.workflow
            .getHandle(ticketWorkflowId(number))
            .query<Ticket>('ticket')
          const [row] = await audit.rows<{ version: number; noted: boolean }>(
            `SELECT version, EXISTS (SELECT 1 FROM ticket_event WHERE ticket_number = number
               AND data->>'preview' = 'at the end') AS noted FROM ticket WHERE number = $1`,
            [number],
          )
          return row?.noted === true && row.version === version
        },
        left(),
      )
    t.diagnostic(
      `${await audit.count('stuck_ticket WHERE renewals > 0')} of ${TICKETS} tickets could not go on and got a new run`,
    )
    await audit.assertSound()
  })
})
