import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { sharedLine } from '../../../web/src/api/shared-line.ts'
import { StreamLine } from '../../../web/src/api/stream-line.ts'
import { openStream, stream } from '../../../web/src/api/stream.svelte.ts'
import { mailboxesQuery } from '../../../web/src/mail-in/queries.ts'
import { ticketListQuery, ticketQuery } from '../../../web/src/tickets/queries.ts'
import { registerAreas } from '../support/all-areas.ts'

/** The browser's line to the server, in a test's hand. */
class Line extends EventTarget {
  static readonly CLOSED = 2
  static readonly CONNECTING = 0
  static readonly all: Line[] = []
  readyState = 1
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor(readonly url: string) {
    super()
    Line.all.push(this)
  }
  close(): void {
    this.readyState = Line.CLOSED
  }
  tell(type: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }))
  }
}
const line = (): Line => Line.all.at(-1)!
function turn(sight: 'seen' | 'hidden'): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(sight === 'hidden')
  document.dispatchEvent(new Event('visibilitychange'))
}
const isStale = (queryKey: readonly unknown[]) => cache.getQueryState(queryKey)?.isInvalidated

registerAreas()
let close = () => {}
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Line)
  Line.all.length = 0
  close = openStream('p1')
  line().onopen?.()
})
afterEach(() => {
  close()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('the stream of changes', () => {
  it('makes a changed ticket stale at once, and lists after a burst', () => {
    const list = ticketListQuery({ view: 'open' }).queryKey
    cache.setQueryData(ticketQuery(7).queryKey, {} as never)
    cache.setQueryData(list, { pages: [], pageParams: [] })
    const asked = vi.spyOn(cache, 'invalidateQueries')
    line().tell('ticket', { number: 7 })
    expect(isStale(ticketQuery(7).queryKey)).toBe(true)
    expect(isStale(list)).toBe(false)
    for (let again = 0; again < 20; again++) line().tell('ticket', { number: 7 })
    vi.advanceTimersByTime(250)
    expect(isStale(list)).toBe(true)
    expect(asked.mock.calls.filter(([filter]) => filter?.queryKey?.[0] === 'outbox')).toHaveLength(
      1,
    )
  })
  it('makes mailboxes stale when one has changed', () => {
    cache.setQueryData(mailboxesQuery().queryKey, [])
    line().tell('mailbox')
    expect(isStale(mailboxesQuery().queryKey)).toBe(true)
  })
  it('says that the line is down after some seconds, not at once', () => {
    line().onerror?.()
    expect(stream.connected).toBe(true)
    vi.advanceTimersByTime(4_000)
    expect(stream.connected).toBe(false)
    line().onopen?.()
    expect(stream.connected).toBe(true)
  })
  it('asks for everything anew when the line was down: nobody told what happened meanwhile', () => {
    cache.setQueryData(ticketQuery(7).queryKey, {} as never)
    line().onerror?.()
    line().onopen?.()
    expect(isStale(ticketQuery(7).queryKey)).toBe(true)
  })
  it('connects again by itself when the line was refused, and at once when the net is back', () => {
    line().readyState = Line.CLOSED
    line().onerror?.()
    expect(Line.all).toHaveLength(1)
    vi.advanceTimersByTime(3_000)
    expect(Line.all).toHaveLength(2)
    window.dispatchEvent(new Event('online'))
    expect(Line.all).toHaveLength(3)
  })
  it('is given up by a tab that is out of sight, and taken up with everything anew', () => {
    cache.setQueryData(ticketQuery(7).queryKey, {} as never)
    turn('hidden')
    vi.advanceTimersByTime(4_999)
    expect(line().readyState).toBe(1)
    vi.advanceTimersByTime(1)
    expect(line().readyState).toBe(Line.CLOSED)
    window.dispatchEvent(new Event('online'))
    vi.advanceTimersByTime(60_000)
    expect(stream.connected).toBe(true)
    expect(Line.all).toHaveLength(1)
    turn('seen')
    expect(Line.all).toHaveLength(2)
    line().onopen?.()
    expect(isStale(ticketQuery(7).queryKey)).toBe(true)
  })
  it('stays with a tab that is out of sight for a moment', () => {
    turn('hidden')
    vi.advanceTimersByTime(3_000)
    turn('seen')
    vi.advanceTimersByTime(60_000)
    expect(Line.all).toHaveLength(1)
    expect(line().readyState).toBe(1)
  })
  it('is not taken by a tab before it is seen, and what that shows by then is asked for anew', () => {
    close()
    turn('hidden')
    close = openStream('p1')
    expect(Line.all).toHaveLength(1)
    cache.setQueryData(ticketQuery(7).queryKey, {} as never)
    turn('seen')
    expect(Line.all).toHaveLength(2)
    line().onopen?.()
    expect(isStale(ticketQuery(7).queryKey)).toBe(true)
  })
})

describe('a line that windows share', () => {
  it('is one for all of them, tells a late one how it is, and is closed when nobody listens', () => {
    const shared = new StreamLine()
    const before = Line.all.length
    const told: string[][] = [[], []]
    const listeners = told.map(
      (all) =>
        ({ what }: { what: string }) =>
          void all.push(what),
    )
    shared.join(listeners[0]!)
    line().onopen?.()
    shared.join(listeners[1]!)
    line().tell('ticket', { number: 7 })
    expect(Line.all).toHaveLength(before + 1)
    expect(told).toEqual([
      ['open', 'ticket'],
      ['open', 'ticket'],
    ])
    shared.leave(listeners[0]!)
    line().tell('mailbox')
    expect(told.map((all) => all.at(-1))).toEqual(['ticket', 'mailbox'])
    expect(line().readyState).toBe(1)
    shared.leave(listeners[1]!)
    expect(line().readyState).toBe(Line.CLOSED)
  })
  it('is asked of a worker, and is the window’s own where that cannot be loaded', () => {
    const asked: unknown[] = []
    const workers: { onerror?: () => void }[] = []
    vi.stubGlobal(
      'SharedWorker',
      class {
        onerror?: () => void
        port = { postMessage: (wish: unknown) => asked.push(wish), close: () => undefined }
        constructor() {
          workers.push(this)
        }
      },
    )
    const before = Line.all.length
    const part = sharedLine('p1', () => undefined)
    part.join()
    expect(asked).toEqual(['join'])
    expect(Line.all).toHaveLength(before)
    workers[0]?.onerror?.()
    expect(Line.all).toHaveLength(before + 1)
    part.end()
    expect(line().readyState).toBe(Line.CLOSED)
  })
})
