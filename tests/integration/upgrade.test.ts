import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { eventually } from '../harness/eventually.ts'
import { serverOf } from '../harness/needs.ts'
import { Desk } from './support/desk.ts'
import { buildRelease, lastRelease } from './support/release.ts'
import { SteadyLoad } from './support/steady-load.ts'

const today = fileURLToPath(new URL('../../', import.meta.url))

/**
 * One process after the other is replaced, as operators do it, while mail comes and agents work; in
 * between both versions work on the same tickets.
 */
const upgradeFrom = (release: string): void =>
  void describe(`a running desk of ${release} is upgraded, and goes back`, () => {
    let desk: Desk
    let load: SteadyLoad
    let released: string | undefined

    before(async () => {
      released = buildRelease(release)
      desk = await Desk.open({ programs: released, workers: 2 })
      load = new SteadyLoad(desk)
      await load.rounds(2)
    })
    after(async () => {
      await load?.end()
      await desk?.close()
      if (released) fs.rmSync(released, { recursive: true, force: true })
    })

    async function replaceProcesses(programs: string): Promise<void> {
      const { guichet } = desk
      guichet.programs = programs
      for (const index of [2, 1]) {
        await guichet.kill('worker', 'SIGTERM', index)
        guichet.spawn('worker', index)
        await load.rounds(2)
      }
      await guichet.kill('api', 'SIGTERM')
      guichet.spawn('api')
      await guichet.ready()
      await load.rounds(2)
    }

    it('goes on with every ticket under the new version', () => replaceProcesses(today))

    it('and under the one before, on the database as the new one left it', () =>
      replaceProcesses(released!))

    it('has lost and doubled nothing', async () => {
      await load.end()
      const tickets = await desk.tickets()
      assert.deepEqual(tickets.map(({ subject }) => subject).sort(), [...load.subjects].sort())
      for (const { number, text } of load.replies) {
        await desk.message(number, 'the answer', (m) => m.text.includes(text) && m.state === 'sent')
        const events = await desk.events(number)
        assert.equal(events.filter(({ type }) => type === 'priorityChanged').length, 1)
        assert.equal(desk.peer.mails.filter(({ raw }) => raw.includes(text)).length, 1)
      }
    })

    it('has no ticket that cannot go on', async () => {
      const { client, connection } = await connectTemporal(
        serverOf('TEST_TEMPORAL_ADDRESS'),
        desk.guichet.namespace,
      )
      try {
        const failed = await client.workflow.count(
          `WorkflowType = 'ticketWorkflow' AND ExecutionStatus IN ('Failed', 'Terminated')`,
        )
        assert.equal(failed.count, 0)
        await eventually('each ticket says what it is', async () => {
          for (const { number } of load.replies)
            await client.workflow.getHandle(`ticket-${number}`).query('ticket')
          return true
        })
      } finally {
        await connection.close()
      }
    })
  })

// A clone without tags has nothing to upgrade from.
const release = lastRelease()
if (release !== undefined) upgradeFrom(release)
