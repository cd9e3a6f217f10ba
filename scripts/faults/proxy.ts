// A way between two programs that can be cut, hold everything back, or take its time.
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * `through`: as if it were not there · `cut`: every connection is reset, new ones too · `half-open`:
 * what is open stays open and new ones are taken, but nothing arrives any more · `slow`: each piece
 * comes later.
 */
export type Way = 'through' | 'cut' | 'half-open' | 'slow'

export interface Target {
  host: string
  port: number
}

/** More are reset: whoever opens ever new ones must not take the runner with it. */
const MOST_CONNECTIONS = 1_000
/** What is held for the other side before reading stops, in bytes. */
const MOST_HELD = 1024 * 1024

/** TCP itself asks whether the other side is still there when nobody speaks. Milliseconds. */
const PROBED_AFTER = 15_000

/** One connection's two ends. */
interface Pair {
  client: net.Socket
  server: net.Socket
  /** Was open while nothing arrived: whoever of the two speaks afterwards finds it gone. */
  forgotten: boolean
}

export class TcpProxy {
  readonly host = '127.0.0.1'
  #way: Way = 'through'
  #delay = 0
  #pairs = new Set<Pair>()
  #probe: NodeJS.Timeout | undefined

  private constructor(
    private readonly listener: net.Server,
    private readonly target: Target,
  ) {}

  static async open(target: Target): Promise<TcpProxy> {
    const listener = net.createServer({ allowHalfOpen: true })
    const proxy = new TcpProxy(listener, target)
    listener.on('connection', (client) => {
      proxy.#connect(client)
    })
    await new Promise<void>((resolve, reject) =>
      listener.once('error', reject).listen(0, proxy.host, resolve),
    )
    return proxy
  }

  get port(): number {
    return (this.listener.address() as net.AddressInfo).port
  }

  get connections(): number {
    return this.#pairs.size
  }

  /**
   * Changes what happens to everything that goes through, from now on.
   * @param delay of each piece while it is slow, in milliseconds.
   */
  set(way: Way, delay = 0): void {
    this.#way = way
    this.#delay = way === 'slow' ? delay : 0
    for (const pair of this.#pairs) {
      if (way === 'cut') this.#reset(pair)
      // As a router that has lost what it knew: it answers for nothing from before.
      else if (way === 'half-open') pair.forgotten = true
      else if (pair.client.destroyed || pair.server.destroyed) this.#reset(pair)
    }
    clearTimeout(this.#probe)
    if (way === 'through' || way === 'slow')
      this.#probe = setTimeout(() => {
        for (const pair of this.#pairs) if (pair.forgotten) this.#reset(pair)
      }, PROBED_AFTER).unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.#probe)
    for (const pair of this.#pairs) this.#reset(pair)
    await new Promise((resolve) => this.listener.close(resolve))
  }

  #connect(client: net.Socket): void {
    client.on('error', () => undefined)
    if (this.#way === 'cut' || this.#pairs.size >= MOST_CONNECTIONS) {
      client.resetAndDestroy()
      return
    }
    const server = net.connect({ ...this.target, allowHalfOpen: true })
    const pair: Pair = { client, server, forgotten: this.#way === 'half-open' }
    this.#pairs.add(pair)
    this.#follow(pair, client, server)
    this.#follow(pair, server, client)
    this.#carry(pair, client, server)
    this.#carry(pair, server, client)
  }

  /** One side's end is the other's, unless nobody hears of it. */
  #follow(pair: Pair, socket: net.Socket, other: net.Socket): void {
    socket
      .setNoDelay(true)
      .on('error', () => undefined)
      .once('close', (hadError) => {
        if (pair.forgotten && this.#way === 'half-open') return
        if (hadError || pair.forgotten || other.destroyed) this.#reset(pair)
        else other.end()
      })
  }

  /** In order, whatever the delay; reading stops while too much is held. */
  #carry(pair: Pair, from: net.Socket, to: net.Socket): void {
    let line = Promise.resolve()
    let held = 0
    from.on('data', (chunk) => {
      if (pair.forgotten) {
        if (this.#way !== 'half-open') this.#reset(pair)
        return
      }
      if (this.#delay === 0 && held === 0) {
        if (!to.write(chunk)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
        return
      }
      held += chunk.length
      if (held > MOST_HELD) from.pause()
      const due = Date.now() + this.#delay
      line = line.then(async () => {
        await sleep(Math.max(0, due - Date.now()))
        held -= chunk.length
        if (!pair.forgotten && !to.destroyed) to.write(chunk)
        if (held <= MOST_HELD) from.resume()
      })
    })
    from.on('end', () => {
      void line.then(() => {
        if (!pair.forgotten) to.end()
      })
    })
  }

  #reset(pair: Pair): void {
    this.#pairs.delete(pair)
    for (const socket of [pair.client, pair.server])
      if (!socket.destroyed) {
        if (socket.connecting) socket.destroy()
        else socket.resetAndDestroy()
      }
  }
}
