import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import { received } from '../../domain/given.ts'
import { eventually } from '../../harness/eventually.ts'
import { OrderedTickets } from '../support/ordered-tickets.ts'
import { WholeWorkers } from '../support/whole-worker.ts'

const script = fileURLToPath(new URL('../support/dying-worker.ts', import.meta.url))
/** What was given to a killed worker comes again only when Temporal misses it. Milliseconds. */
const AFTER_A_KILL = 300_000

/** The lines of both steps, of doing and of undoing. */
const STEPS = [
  'ticketMerged',
  'mergeAccepted',
  'ticketUnmerged',
  'mergeReverted',
  'messagesSplitOff',
  'splitOpened',
  'messagesReturned',
  'splitUndone',
]

/** Each of two tickets is decided by its own workflow; what runs both may die after every commit. */
describe('merges and splits whose worker is killed after each of their steps', () => {
  let workers: WholeWorkers
  let tickets: OrderedTickets
  let lastSplit = 5000

  before(async () => {
    workers = await WholeWorkers.open()
    tickets = await OrderedTickets.open(workers)
  })
  after(() => workers?.close())

  /** A ticket with so many messages. @returns its number and their ids. */
  async function opened(messages: number): Promise<{ number: number; ids: string[] }> {
    const number = await tickets.order()
    const ids = Array.from({ length: messages }, () => randomUUID())
    for (const messageId of ids) {
      await workers.sql(
        `INSERT INTO message (id, ticket_number, direction, state, from_address, subject, date)
         VALUES ($1, $2, 'inbound', 'received', 'anna@client.example', 'Printer', now())`,
        [messageId, number],
      )
      const message = received({ messageId })
      await tickets.send({ number, resume: false }, 'mailReceived', { message })
    }
    await eventually(`#${number} has its messages`, async () => {
      const { opened, messageCount } = await loadTicket(workers.db, number)
      return opened && messageCount === messages
    })
    return { number, ids }
  }

  const merge = async (number: number, into: number, mergeId: string): Promise<void> => {
    await tickets.send({ number, resume: true }, 'mergeInto', { mergeId, into, subject: 'x' })
  }
  /** @returns the number of the ticket that the messages become. */
  const split = async (number: number, splitId: string, messageIds: string[]): Promise<number> => {
    const into = ++lastSplit
    const payload = { splitId, into, subject: 'x', messageIds }
    await tickets.send({ number, resume: true }, 'splitOff', payload)
    return into
  }

  /** Every worker dies at the first step that it writes, until these lines are there. */
  async function killedAtEveryStep(lines: [number: number, type: string][]): Promise<number> {
    const missing = async (): Promise<string[]> => {
      const found = await Promise.all(
        lines.map(async ([number, type]) => (await tickets.types(number)).includes(type)),
      )
      return lines.flatMap(([number, type], i) => (found[i] ? [] : [`${type} in #${number}`]))
    }
    let killed = 0
    while ((await missing()).length > 0) {
      const worker = spawn(
        process.execPath,
        ['--import', 'tsx', script, workers.database.url, workers.namespace, ...STEPS],
        { stdio: 'inherit' },
      )
      await eventually(
        'a step is taken',
        async () => {
          if (worker.exitCode !== null || worker.signalCode !== null) return true
          const left = await missing()
          if (left.length > 0) throw new Error(left.join(', '))
          return true
        },
        AFTER_A_KILL,
      )
      if (worker.signalCode === 'SIGKILL') killed++
      else worker.kill('SIGKILL')
    }
    return killed
  }

  it('stand, or are undone, in both tickets alike, and each step was taken once', async () => {
    await workers.start()
    const [a, b, c] = [await opened(1), await opened(1), await opened(2)]
    const [e, f, g] = [await opened(1), await opened(1), await opened(2)]
    const [undoneMerge, undoneSplit] = [randomUUID(), randomUUID()]
    await merge(e.number, f.number, undoneMerge)
    const h = await split(g.number, undoneSplit, [g.ids[1]!])
    await tickets.happened(f.number, 'mergeAccepted')
    await tickets.happened(h, 'splitOpened')
    await workers.stop()

    await merge(a.number, b.number, randomUUID())
    const d = await split(c.number, randomUUID(), [c.ids[1]!])
    const [ofE, ofG] = [e, g].map(({ number }) => ({ number, resume: true }))
    await tickets.send(ofE!, 'undoMerge', { mergeId: undoneMerge, refused: false })
    await tickets.send(ofG!, 'returnMessages', { splitId: undoneSplit })
    const killed = await killedAtEveryStep([
      [a.number, 'ticketMerged'],
      [b.number, 'mergeAccepted'],
      [c.number, 'messagesSplitOff'],
      [d, 'splitOpened'],
      [e.number, 'ticketUnmerged'],
      [f.number, 'mergeReverted'],
      [g.number, 'messagesReturned'],
      [h, 'splitUndone'],
      [g.number, 'mergeAccepted'],
    ])
    assert.ok(killed >= 4, `${killed} workers died`)
    await workers.start()
    await eventually(
      'nobody owes a step any more',
      async () =>
        (await workers.sql(`SELECT 1 FROM ticket_job WHERE kind = 'mergeStep'`)).length === 0,
      AFTER_A_KILL,
    )

    const of = (number: number) => loadTicket(workers.db, number)
    const pairs = async (first: number, second: number) => {
      const [one, other] = [await of(first), await of(second)]
      return {
        merged: [one.mergedInto?.number, other.mergedTickets.map(({ number }) => number)],
        split: [one.splitOff.map(({ number }) => number), other.splitFrom?.number],
        counts: [one.messageCount, other.messageCount],
      }
    }
    const nothing = { merged: [undefined, []], split: [[], undefined] }
    assert.deepEqual(await pairs(a.number, b.number), {
      ...nothing,
      merged: [b.number, [a.number]],
      counts: [1, 2],
    })
    assert.deepEqual(await pairs(c.number, d), {
      ...nothing,
      split: [[d], c.number],
      counts: [1, 1],
    })
    assert.deepEqual(await pairs(e.number, f.number), { ...nothing, counts: [1, 1] })
    assert.deepEqual(await pairs(h, g.number), {
      ...nothing,
      merged: [g.number, [h]],
      counts: [0, 2],
    })
    for (const number of [a, b, c, e, f, g].map((one) => one.number).concat(d, h)) {
      const steps = (await tickets.types(number)).filter((type) => STEPS.includes(type))
      assert.deepEqual(steps, [...new Set(steps)], `#${number}`)
    }
  })
})
