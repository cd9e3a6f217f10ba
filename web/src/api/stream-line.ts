import type { StreamEvent } from '../../../domain/tickets/contract.ts'

/** What a line tells whoever listens. */
export type Told =
  | { what: 'open' }
  | { what: 'broken' }
  | { what: 'ticket'; data: StreamEvent }
  | { what: 'mailbox' }
type Listener = (told: Told) => void

/** Milliseconds after which a line that was refused is tried again. */
const AGAIN_MS = 3_000

/** One line to the server, open while anybody listens. */
export class StreamLine {
  readonly #listeners = new Set<Listener>()
  #source: EventSource | null = null
  #retry: ReturnType<typeof setTimeout> | undefined
  #last: Told | undefined

  /** Begins to tell; at once how the line is, when that is known. */
  join(listener: Listener): void {
    this.#listeners.add(listener)
    if (this.#source === null) this.#connect()
    else if (this.#last) listener(this.#last)
  }

  /** Tells no more; the line is closed when nobody listens. */
  leave(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0) return
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = null
    this.#last = undefined
  }

  /** The net is back: an open line may be dead without knowing. */
  renew(): void {
    if (this.#source && this.#source.readyState !== EventSource.CONNECTING) this.#connect()
  }

  #connect(): void {
    clearTimeout(this.#retry)
    this.#source?.close()
    const source = new EventSource('/api/v1/stream')
    this.#source = source
    source.onopen = () => this.#state({ what: 'open' })
    source.onerror = () => {
      this.#state({ what: 'broken' })
      // The browser tries again by itself after a broken line, but not after a refused one.
      if (source.readyState === EventSource.CLOSED)
        this.#retry = setTimeout(() => this.#connect(), AGAIN_MS)
    }
    source.addEventListener('ticket', (event) =>
      this.#tell({ what: 'ticket', data: JSON.parse(event.data as string) as StreamEvent }),
    )
    source.addEventListener('mailbox', () => this.#tell({ what: 'mailbox' }))
  }

  #state(told: Told): void {
    this.#last = told
    this.#tell(told)
  }

  #tell(told: Told): void {
    for (const listener of this.#listeners) listener(told)
  }
}
