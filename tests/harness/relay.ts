import net from 'node:net'
import type { TestContext } from 'node:test'

/** The way to a server, which can be cut off, or fall silent without a word. */
export class Relay {
  readonly #open = new Set<net.Socket>()
  readonly #far = new Set<net.Socket>()
  #state: 'whole' | 'cut' | 'mute' = 'whole'
  /** The server's URL, by this way. */
  url = ''

  /** @param url of the server. */
  static async start(t: TestContext, url: string): Promise<Relay> {
    const relay = new Relay()
    const target = new URL(url)
    const server = net.createServer((near) => relay.#take(near, target))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      relay.cut()
      server.close()
    })
    const through = new URL(url)
    through.hostname = '127.0.0.1'
    through.port = String((server.address() as net.AddressInfo).port)
    relay.url = through.href
    return relay
  }

  #take(near: net.Socket, target: URL): void {
    this.#open.add(near)
    near.on('error', () => undefined).on('close', () => this.#open.delete(near))
    if (this.#state === 'cut') return void near.destroy()
    if (this.#state === 'mute') return
    const far = net.connect(Number(target.port), target.hostname)
    for (const set of [this.#open, this.#far]) set.add(far)
    far
      .on('error', () => undefined)
      .on('close', () => [this.#open, this.#far].forEach((set) => set.delete(far)))
    near.pipe(far).pipe(near)
  }

  /** Every connection ends, and none is taken. */
  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#open) socket.destroy()
  }

  /** Connections stay and are taken, and nothing comes through any more, not even their end. */
  mute(): void {
    this.#state = 'mute'
    for (const socket of this.#open) socket.unpipe().pause()
  }

  /**
   * New connections come through. Those that were muted stay mute, as after a lost route; the server
   * has found by its own keepalive that they are dead.
   */
  mend(): void {
    this.#state = 'whole'
    for (const socket of this.#far) socket.destroy()
  }
}
