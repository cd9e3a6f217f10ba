import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { z } from 'zod'
import type { HealthReport, readiness } from '../../domain/health/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Desk, OFFICIAL } from './support/desk.ts'
import { rawMail } from './support/mails.ts'
import { PostgresServer } from './support/postgres-server.ts'
import { TemporalServer } from './support/temporal-server.ts'

type Readiness = z.infer<typeof readiness>

/** A worker, a server or an account that fails, and that works again. Minutes, on a busy machine. */
const LONG = 300_000

describe(
  'what /readyz and Health say while something really fails',
  { skip: withoutDovecot },
  () => {
    let postgres: PostgresServer
    let temporal: TemporalServer
    let desk: Desk

    before(async () => {
      postgres = await PostgresServer.start()
      temporal = await TemporalServer.start()
      desk = await Desk.open({
        databaseUrl: postgres.url,
        namespace: 'default',
        env: { TEMPORAL_ADDRESS: temporal.address },
      })
    })
    after(async () => {
      postgres?.goOn()
      await desk?.close()
      await temporal?.remove()
      await postgres?.remove()
    })

    async function ready(): Promise<{ status: number; body: Readiness; took: number }> {
      const asked = Date.now()
      // A probe gives up; an answer that does not come is a failure of the test.
      const answer = await fetch(`${desk.guichet.url}/readyz`, {
        signal: AbortSignal.timeout(30_000),
      })
      const body = (await answer.json()) as Readiness
      return { status: answer.status, body, took: Date.now() - asked }
    }
    const wrong = (body: Readiness): string[] =>
      body.checks.filter(({ state }) => state === 'stopped').map(({ name }) => name)

    async function red(t: TestContext, check: string): Promise<Readiness> {
      const began = Date.now()
      const body = await eventually(
        `/readyz says that ${check} stopped`,
        async () => {
          const { status, body } = await ready()
          return status === 503 && wrong(body).includes(check) && body
        },
        LONG,
      )
      t.diagnostic(`${check}: red after ${(Date.now() - began) / 1000} s`)
      return body
    }
    async function green(t: TestContext): Promise<void> {
      const began = Date.now()
      await eventually('/readyz is green again', async () => (await ready()).status === 200, LONG)
      t.diagnostic(`green after ${(Date.now() - began) / 1000} s`)
    }
    const finding = async (
      reason: string,
    ): Promise<HealthReport['checks'][0]['findings'][0] | undefined> =>
      (await desk.admin.get<HealthReport>('/health')).checks
        .flatMap(({ findings }) => findings)
        .find((one) => one.reason === reason)

    it('all is well at first', async (t) => {
      await green(t)
      const { body } = await ready()
      assert.deepEqual(wrong(body), [])
    })

    it('a worker that was killed is missed, and one that was started again is not', async (t) => {
      await desk.guichet.kill('worker')
      const body = await red(t, 'workers')
      assert.match(
        body.checks.find(({ name }) => name === 'workers')?.detail ?? '',
        /npm run worker/,
      )
      desk.guichet.spawn('worker')
      await green(t)
    })

    it('a worker that hangs is missed', async (t) => {
      const pid = desk.guichet.pid('worker')!
      process.kill(pid, 'SIGSTOP')
      try {
        await red(t, 'workers')
      } finally {
        process.kill(pid, 'SIGCONT')
      }
      await green(t)
    })

    it('a PostgreSQL that says nothing is noticed, and /readyz answers all the while', async (t) => {
      postgres.freeze()
      try {
        await red(t, 'database')
        const { took } = await ready()
        t.diagnostic(`answered in ${took} ms`)
      } finally {
        postgres.goOn()
      }
      await green(t)
    })

    it('a PostgreSQL that was killed is noticed', async (t) => {
      await postgres.kill()
      await red(t, 'database')
      await postgres.start()
      await green(t)
    })

    it('a Temporal server that was killed is noticed', async (t) => {
      await temporal.kill()
      await red(t, 'temporal')
      await temporal.start()
      await green(t)
    })

    it('a mailbox that cannot be reached is named, and the desk stays in service', async () => {
      const { address } = desk.mailbox!
      await eventually('it is watched', async () => !(await finding('mailbox-failing')), LONG)
      await desk.dovecot.stop()
      const told = await eventually('it is named', () => finding('mailbox-failing'), LONG)
      assert.equal(told.subject, address)
      assert.ok(told.detail !== null)
      assert.equal((await ready()).status, 200)
      await desk.dovecot.start()
      await eventually('it is well again', async () => !(await finding('mailbox-failing')), LONG)
    })

    it('a sender that refuses is named with what its server says, until a message comes through', async () => {
      await desk.guichet.ready()
      desk.dovecot.deliver(
        'it',
        rawMail({ from: 'anna@client.example', to: OFFICIAL, subject: 'Printer', text: 'Help' }),
      )
      const { number } = await desk.ticketAbout('Printer')
      desk.peer.fail({ kind: 'reject', at: 'auth', code: 535, text: '5.7.8 no' }, 1)
      await desk.admin.post(`/tickets/${number}/messages`, { text: 'We are on it.' })
      const told = await eventually('it is named', () => finding('sender-failing'), LONG)
      assert.match(told.subject, /^it-out@127\.0\.0\.1:\d+$/)
      assert.match(JSON.stringify(told.detail), /5\.7\.8 no/)
      assert.equal((await ready()).status, 200)
      await eventually('it is well again', async () => !(await finding('sender-failing')), LONG)
    })
  },
)
