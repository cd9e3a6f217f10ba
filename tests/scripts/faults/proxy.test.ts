import assert from 'node:assert/strict'
import net from 'node:net'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { TcpProxy } from '../../../scripts/faults/proxy.ts'
import { eventually } from '../../harness/eventually.ts'

/** A server that says again what it is told, with a way to it. */
async function echo(t: TestContext): Promise<TcpProxy> {
  const open = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  const proxy = await TcpProxy.open({ host: '127.0.0.1', port })
  t.after(async () => {
    await proxy.close()
    for (const socket of open) socket.destroy()
    server.close()
  })
  return proxy
}

interface Client {
  socket: net.Socket
  heard: () => string
  ended: () => string | null
}

async function client(t: TestContext, { host, port }: TcpProxy): Promise<Client> {
  const socket = net.connect(port, host)
  t.after(() => socket.destroy())
  let heard = ''
  let ended: string | null = null
  socket.on('data', (chunk) => (heard += chunk.toString()))
  socket.on('error', (error: NodeJS.ErrnoException) => (ended = error.code ?? error.message))
  socket.on('close', () => (ended ??= 'closed'))
  await once(socket, 'connect').catch(() => undefined)
  return { socket, heard: () => heard, ended: () => ended }
}

const hears = (one: Client, text: string): Promise<boolean> =>
  eventually(`"${text}" comes back`, () => one.heard() === text)

describe('a way that can be broken', () => {
  it('carries everything in both directions, and each side’s end', async (t) => {
    const one = await client(t, await echo(t))
    const text = 'x'.repeat(3_000_000)
    one.socket.end(text)
    await eventually('all of it comes back', () => one.heard().length === text.length)
    await eventually('its end, too', () => one.ended() === 'closed')
  })

  it('cut: resets what is open and what is new, until it is through again', async (t) => {
    const proxy = await echo(t)
    const before = await client(t, proxy)
    before.socket.write('a')
    await hears(before, 'a')
    proxy.set('cut')
    await eventually('it is reset', () => before.ended() === 'ECONNRESET')
    const meanwhile = await client(t, proxy)
    await eventually('so is a new one', () => meanwhile.ended() !== null)
    assert.equal(proxy.connections, 0)
    proxy.set('through')
    const after = await client(t, proxy)
    after.socket.write('b')
    await hears(after, 'b')
  })

  it('half-open: takes everything and says nothing; what was open then is not known afterwards', async (t) => {
    const proxy = await echo(t)
    const before = await client(t, proxy)
    before.socket.write('a')
    await hears(before, 'a')
    proxy.set('half-open')
    const meanwhile = await client(t, proxy)
    before.socket.write('b')
    meanwhile.socket.write('c')
    const slower = await client(t, proxy)
    assert.deepEqual(
      [before.heard(), meanwhile.heard(), before.ended(), meanwhile.ended()],
      ['a', '', null, null],
    )
    slower.socket.destroy()
    proxy.set('through')
    before.socket.write('d')
    await eventually('whoever goes on is told', () => before.ended() === 'ECONNRESET')
    const after = await client(t, proxy)
    after.socket.write('e')
    await hears(after, 'e')
  })

  it('slow: carries the same, in the same order, later', async (t) => {
    const proxy = await echo(t)
    const one = await client(t, proxy)
    proxy.set('slow', 40)
    const began = performance.now()
    for (const word of ['a', 'b', 'c']) one.socket.write(word)
    await hears(one, 'abc')
    assert.ok(performance.now() - began >= 75, 'there and back')
    proxy.set('through')
    one.socket.write('d')
    await hears(one, 'abcd')
  })

  it('slow: stops reading while too much is on its way, and loses nothing', async (t) => {
    const proxy = await echo(t)
    const one = await client(t, proxy)
    proxy.set('slow', 5)
    const text = 'y'.repeat(6_000_000)
    one.socket.write(text)
    await eventually('all of it comes back', () => one.heard().length === text.length)
  })

  it('takes so many connections and no more', async (t) => {
    const proxy = await echo(t)
    const all = await Promise.all(Array.from({ length: 1_010 }, () => client(t, proxy)))
    await eventually('ten are reset', () => all.filter((one) => one.ended() !== null).length === 10)
    assert.equal(proxy.connections, 1_000)
  })
})
