import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type net from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'
import { eventually } from '../../harness/eventually.ts'
import { Desk } from './desk.ts'

const PROCESS = fileURLToPath(new URL('./delivering-process.ts', import.meta.url))

/** A mail server that stops at a chosen point, to have the worker killed just there. */
class PausingServer {
  readonly ids: string[] = []
  port = 0
  /**
   * Awaited at the point; a mail counts as taken once its final dot was read, whatever the answer's
   * fate.
   */
  at: { point: 'recipient' | 'data' | 'answer'; reached: () => Promise<void> } | null = null
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onRcptTo: (_address, _session, done) => {
      void this.pause('recipient').then(() => {
        done()
      })
    },
    onData: (stream, _session, done) => {
      let text = ''
      stream.once('readable', () => {
        void this.pause('data')
      })
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
      })
      stream.on('end', () => {
        this.ids.push(/^Message-ID: <(.+)>/im.exec(text)?.[1] ?? '')
        void this.pause('answer').then(() => {
          done()
        })
      })
    },
  })

  async start(): Promise<void> {
    this.server.on('error', () => undefined)
    await new Promise<void>((resolve) => this.server.server.listen(0, '127.0.0.1', resolve))
    this.port = (this.server.server.address() as net.AddressInfo).port
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve()
      })
    })
  }

  private async pause(point: string): Promise<void> {
    if (this.at?.point === point) await this.at.reached()
  }
}

describe('a worker killed while it delivers', () => {
  let desk: Desk
  const server = new PausingServer()
  let next = 4000

  before(async () => {
    desk = await Desk.open()
    await server.start()
    await desk.sender({ host: '127.0.0.1', port: server.port })
  })
  beforeEach(() => {
    server.ids.length = 0
    server.at = null
  })
  after(async () => {
    await server?.stop()
    await desk?.close()
  })

  const reply = async (attachment?: Buffer): Promise<string> => {
    const number = next++
    await desk.ticket(number)
    return desk.reply(
      number,
      attachment
        ? { attachmentIds: [await desk.upload('dump.bin', 'application/octet-stream', attachment)] }
        : {},
    )
  }
  const worker = (atOnce = 1): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', PROCESS, desk.url, String(atOnce)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  /** @returns its exit code, also of one that has ended before. */
  const ended = async (process: ChildProcess): Promise<unknown> => {
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
    return process.exitCode
  }
  /** Runs a worker and kills it at the point; the server waits until it is dead. */
  const killedAt = async (
    point: 'recipient' | 'data' | 'answer',
    nth = 1,
    atOnce = 1,
  ): Promise<void> => {
    const victim = worker(atOnce)
    const dead = ended(victim)
    let count = 0
    server.at = {
      point,
      reached: async () => {
        if (++count < nth) return
        victim.kill('SIGKILL')
        await dead
      },
    }
    await dead
    server.at = null
  }
  const afterwards = async (): Promise<void> => {
    const survivor = worker(3)
    assert.equal(await ended(survivor), 0)
  }
  const copies = async (id: string): Promise<number> => {
    const { internet_id: internetId } = await desk.message(id)
    return server.ids.filter((known) => known === internetId).length
  }

  for (const point of ['recipient', 'data'] as const) {
    it(`before the final dot (${point}): sent exactly once by the next worker, nothing marked`, async () => {
      const id = await reply(Buffer.alloc(8_000_000, 'x'))
      await killedAt(point)
      assert.equal((await desk.message(id)).state, 'queued')
      await afterwards()
      assert.equal(await copies(id), 1)
      assert.deepEqual((await desk.message(id)).flags, [])
    })
  }

  it('after the final dot, before the answer: nobody can know; sent once more and marked', async () => {
    const id = await reply()
    await killedAt('answer')
    assert.equal((await desk.message(id)).state, 'sending')
    await afterwards()
    assert.equal(await copies(id), 2)
    assert.deepEqual((await desk.message(id)).flags, ['may-have-arrived-twice'])
  })

  it('after the answer was written down, before the workflow heard of it: not sent again', async () => {
    const id = await reply()
    const victim = worker()
    await eventually(
      'the answer is written down',
      async () => (await desk.message(id)).state === 'sent',
    )
    victim.kill('SIGKILL')
    await ended(victim)
    assert.equal((await desk.deliver((await desk.message(id)).ticket_number, id)).outcome, 'sent')
    assert.equal(await copies(id), 1)
  })

  it('in the middle of 50 replies: each arrives; none twice but those marked, and only what was between dot and answer is', async () => {
    const ids: string[] = []
    for (let i = 0; i < 50; i++) ids.push(await reply())
    const atOnce = 6
    await killedAt('recipient', 25, atOnce)
    await afterwards()
    let marked = 0
    for (const id of ids) {
      const { flags, state } = await desk.message(id)
      assert.equal(state, 'sent')
      const twice = flags.includes('may-have-arrived-twice')
      if (twice) marked++
      const times = await copies(id)
      assert.ok(times === 1 || (twice && times === 2), `${times} copies`)
    }
    // At most one for each other delivery under way: its answer may be on its way, or here and not
    // yet written down while the next mail has the connection. The one that was killed at its
    // recipient is never among them.
    assert.ok(marked < atOnce, `${marked} marked`)
  })
})
