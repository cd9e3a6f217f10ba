import type { TestContext } from 'node:test'
import type { StreamEvent } from '../../../domain/tickets/contract.ts'
import type { ApiClient } from '../../harness/api-client.ts'
import { eventually } from '../../harness/eventually.ts'

/** GET /stream as a browser reads it: events as they come, until closed or its test is over. */
export class Stream {
  readonly tickets: StreamEvent[] = []
  readonly names: string[] = []
  #aborter = new AbortController()

  /** Opens the stream and waits until it is answered. */
  static async open(client: ApiClient, t: TestContext): Promise<Stream> {
    const stream = new Stream()
    t.after(() => {
      stream.close()
    })
    const response = await client.fetch('GET', '/stream', undefined, {
      signal: stream.#aborter.signal,
    })
    if (response.status !== 200 || !response.body)
      throw new Error(`GET /stream answered ${response.status}`)
    void stream.#read(response.body)
    await eventually('the stream says hello', () => stream.names.includes('hello'))
    return stream
  }

  /** Waits for a change of a ticket. */
  ticket(matches: (event: StreamEvent) => boolean, timeout = 180_000): Promise<StreamEvent> {
    return eventually('an event in the stream', () => this.tickets.find(matches), timeout)
  }

  close(): void {
    this.#aborter.abort()
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    const decoder = new TextDecoder()
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n\r?\n/)
        rest = blocks.pop() ?? ''
        for (const block of blocks) this.#take(block)
      }
    } catch (error) {
      if (!this.#aborter.signal.aborted) throw error
    }
  }

  #take(block: string): void {
    const field = (name: string): string =>
      block
        .split(/\r?\n/)
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trim())
        .join('\n')
    const name = field('event')
    if (name) this.names.push(name)
    if (name === 'ticket') this.tickets.push(JSON.parse(field('data')) as StreamEvent)
  }
}
