import type { StreamEvent } from '../../../domain/tickets/contract.ts'
import { registry } from '../area.ts'
import { ticketKey } from '../tickets/queries.ts'
import { cache, invalidate } from './cache.ts'

/** How long a line may be down before the page says so: a restart of the server is over by then. */
const TIMEOUT_MS = 4_000
/** A burst of mail must not ask for the list a hundred times. */
const GATHER_MS = 250
/**
 * How long a tab may be out of sight and still be told. A browser has six connections to a host over
 * HTTP/1.1, for all tabs together: those that nobody looks at must not hold them.
 */
const HIDDEN_MS = 5_000

let connected = $state(true)
/** Has this line been open before? */
let opened = false
let source: EventSource | null = null
let downTimer: ReturnType<typeof setTimeout> | undefined
let retryTimer: ReturnType<typeof setTimeout> | undefined
let hiddenTimer: ReturnType<typeof setTimeout> | undefined
let gatherTimer: ReturnType<typeof setTimeout> | undefined

/** Is the page told what changes? False some seconds after the line broke. */
export const stream = {
  get connected(): boolean {
    return connected
  },
}

/**
 * Opens the stream; every change it tells marks the cached answers that it concerns as stale. While
 * the page is out of sight it is closed; once it is seen again everything is asked for anew.
 * @returns how to close it.
 */
export function openStream(): () => void {
  // What a page asks for before it is seen for the first time may be old by then.
  opened = document.hidden
  connect()
  window.addEventListener('online', connect)
  document.addEventListener('visibilitychange', seenOrHidden)
  return () => {
    window.removeEventListener('online', connect)
    document.removeEventListener('visibilitychange', seenOrHidden)
    clearTimeout(hiddenTimer)
    disconnect()
    opened = false
  }
}

function seenOrHidden(): void {
  clearTimeout(hiddenTimer)
  if (document.hidden) hiddenTimer = setTimeout(disconnect, HIDDEN_MS)
  else if (source === null || source.readyState === EventSource.CLOSED) connect()
}

function disconnect(): void {
  clearTimeout(retryTimer)
  clearTimeout(downTimer)
  downTimer = undefined
  source?.close()
  source = null
  connected = true
}

function connect(): void {
  clearTimeout(retryTimer)
  if (document.hidden) return
  source?.close()
  source = new EventSource('/api/v1/stream')
  source.onopen = () => {
    clearTimeout(downTimer)
    downTimer = undefined
    // What happened while the line was down was told to nobody, however short that was.
    if (opened) void cache.invalidateQueries()
    opened = true
    connected = true
  }
  source.onerror = () => {
    downTimer ??= setTimeout(() => {
      connected = false
    }, TIMEOUT_MS)
    // The browser tries again by itself after a broken line, but not after a refused one.
    if (source?.readyState === EventSource.CLOSED) retryTimer = setTimeout(connect, 3_000)
  }
  source.addEventListener('ticket', (event) =>
    ticketChanged(JSON.parse(event.data as string) as StreamEvent),
  )
  source.addEventListener('mailbox', () => void invalidate(...registry.changesWithMailboxes))
}

function ticketChanged({ number }: StreamEvent): void {
  void invalidate(ticketKey(number))
  gatherTimer ??= setTimeout(() => {
    gatherTimer = undefined
    void invalidate(...registry.changesWithTickets)
  }, GATHER_MS)
}
