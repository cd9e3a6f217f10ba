import type { StreamEvent } from '../../../domain/tickets/contract.ts'
import { registry } from '../area.ts'
import { ticketKey } from '../tickets/queries.ts'
import { cache, invalidate } from './cache.ts'

/** How long a line may be down before the page says so: a restart of the server is over by then. */
const TIMEOUT_MS = 4_000
/** A burst of mail must not ask for the list a hundred times. */
const GATHER_MS = 250

let connected = $state(true)
/** Has this line been open before? */
let opened = false
let source: EventSource | null = null
let downTimer: ReturnType<typeof setTimeout> | undefined
let retryTimer: ReturnType<typeof setTimeout> | undefined
let gatherTimer: ReturnType<typeof setTimeout> | undefined

/** Is the page told what changes? False some seconds after the line broke. */
export const stream = {
  get connected(): boolean {
    return connected
  },
}

/**
 * Opens the stream; every change it tells marks the cached answers that it concerns as stale.
 * @returns how to close it.
 */
export function openStream(): () => void {
  connect()
  window.addEventListener('online', connect)
  return () => {
    window.removeEventListener('online', connect)
    clearTimeout(retryTimer)
    clearTimeout(downTimer)
    source?.close()
    source = null
    opened = false
    connected = true
  }
}

function connect(): void {
  clearTimeout(retryTimer)
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
