import type { StreamEvent } from '../../../domain/tickets/contract.ts'
import { registry } from '../area.ts'
import { ticketKey } from '../tickets/queries.ts'
import { cache, invalidate } from './cache.ts'
import { type Line, sharedLine } from './shared-line.ts'
import type { Told } from './stream-line.ts'

/** How long a line may be down before the page says so: a restart of the server is over by then. */
const TIMEOUT_MS = 4_000
/** A burst of mail must not ask for the list a hundred times. */
const GATHER_MS = 250
/** How long a tab may be out of sight and still be told: nobody looks at it. */
const HIDDEN_MS = 5_000

let connected = $state(true)
/** Has this line been open before? */
let opened = false
let line: Line | null = null
/** Is this page told at the moment? */
let listening = false
let downTimer: ReturnType<typeof setTimeout> | undefined
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
 * @param person whose page it is.
 * @returns how to close it.
 */
export function openStream(person: string): () => void {
  // What a page asks for before it is seen for the first time may be old by then.
  opened = document.hidden
  line = sharedLine(person, heard)
  connect()
  window.addEventListener('online', renew)
  document.addEventListener('visibilitychange', seenOrHidden)
  return () => {
    window.removeEventListener('online', renew)
    document.removeEventListener('visibilitychange', seenOrHidden)
    clearTimeout(hiddenTimer)
    disconnect()
    line?.end()
    line = null
    opened = false
  }
}

function seenOrHidden(): void {
  clearTimeout(hiddenTimer)
  if (document.hidden) hiddenTimer = setTimeout(disconnect, HIDDEN_MS)
  else connect()
}

function disconnect(): void {
  clearTimeout(downTimer)
  downTimer = undefined
  listening = false
  line?.leave()
  connected = true
}

function connect(): void {
  if (document.hidden || listening) return
  listening = true
  line?.join()
}

function renew(): void {
  if (listening) line?.renew()
}

function heard(told: Told): void {
  if (told.what === 'ticket') ticketChanged(told.data)
  else if (told.what === 'mailbox') void invalidate(...registry.changesWithMailboxes)
  else if (told.what === 'open') whole()
  else
    downTimer ??= setTimeout(() => {
      connected = false
    }, TIMEOUT_MS)
}

function whole(): void {
  clearTimeout(downTimer)
  downTimer = undefined
  // What happened while the line was down was told to nobody, however short that was.
  if (opened) void cache.invalidateQueries()
  opened = true
  connected = true
}

function ticketChanged({ number }: StreamEvent): void {
  void invalidate(ticketKey(number))
  gatherTimer ??= setTimeout(() => {
    gatherTimer = undefined
    void invalidate(...registry.changesWithTickets)
  }, GATHER_MS)
}
