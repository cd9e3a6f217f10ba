import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Children } from '../../../scripts/launch/children.mjs'
import { listensOn } from '../../../scripts/launch/ports.mjs'
import { freePort } from '../../harness/free-port.ts'
import { eventually } from '../../harness/eventually.ts'

/**
 * Listens on a port, or ends when it cannot, as servers do: once the file `go` is there. The file
 * `begun` tells that it runs.
 */
const server = (port: number, folder: string): string =>
  `const fs = require('fs')
   fs.writeFileSync(${JSON.stringify(path.join(folder, 'begun'))}, '')
   const server = require('net').createServer().on('error', () => process.exit(1))
   const wait = setInterval(() => {
     if (!fs.existsSync(${JSON.stringify(path.join(folder, 'go'))})) return
     clearInterval(wait)
     server.listen(${port}, '127.0.0.1')
   }, 20)`

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const listen = async (t: TestContext, port: number): Promise<net.Server> => {
  const foreign = net.createServer((socket) => socket.on('error', () => socket.destroy()))
  await new Promise<void>((resolve, reject) => {
    foreign.once('error', reject)
    foreign.listen(port, '127.0.0.1', resolve)
  })
  t.after(() => new Promise((resolve) => foreign.close(resolve)))
  return foreign
}

async function site(t: TestContext) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-launch-'))
  const begun = path.join(folder, 'begun')
  const go = (): void => fs.writeFileSync(path.join(folder, 'go'), '')
  const port = await freePort()
  const fatal: Error[] = []
  const children = new Children(folder, (error) => void fatal.push(error))
  t.after(async () => {
    await children.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  })
  const plan = {
    name: 'temporal',
    port: { number: port, variable: 'TEMPORAL_PORT', purpose: 'the Temporal server' },
    command: () => ({ command: process.execPath, args: ['-e', server(port, folder)] }),
    ready: () => answers(port),
    stopSignal: 'SIGTERM' as const,
    stopTimeout: 10_000,
    output: 'file' as const,
  }
  return { plan, port, begun, go, children }
}

describe('a server that another program runs on the port of ours', () => {
  it('is not taken for ours: what to do is said, with the variable that moves the port', async (t) => {
    const { plan, port, begun, children } = await site(t)
    await listen(t, port)
    await assert.rejects(children.start(plan, 60_000), (error: Error) => {
      assert.match(error.message, new RegExp(`^Port ${port} for the Temporal server is taken by`))
      assert.match(error.message, /TEMPORAL_PORT=\d+ npm start$/)
      return true
    })
    assert.equal(fs.existsSync(begun), false, 'nothing was started')
  })

  it('is not taken for ours when it comes between the choice of the port and its use', async (t) => {
    const { plan, port, begun, go, children } = await site(t)
    const started = assert.rejects(children.start(plan, 60_000), /is taken by another program/)
    await eventually('ours has begun', () => fs.existsSync(begun))
    await listen(t, port)
    go()
    await started
  })

  it('is not connected to: ours is started where it listens itself', async (t) => {
    const { plan, port, go, children } = await site(t)
    go()
    await children.start(plan, 60_000)
    const pid = children.pids['temporal']!
    assert.notEqual(listensOn(pid, port), false)
    assert.notEqual(listensOn(process.pid, port), true)
  })
})
