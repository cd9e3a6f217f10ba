/// <reference types="vite/client" />
import workerAddress from './stream-worker.ts?worker&url'
import { StreamLine, type Told } from './stream-line.ts'
import type { Wish } from './stream-worker.ts'

/** A window's part in a line to the server. */
export interface Line {
  join: () => void
  leave: () => void
  renew: () => void
  /** It is needed no more. */
  end: () => void
}

/**
 * The line that all windows of a person in this browser share: a browser has six connections to a
 * host over HTTP/1.1, for all windows together. Where it has no shared workers, or this one cannot
 * be loaded (any more), the window has a line of its own.
 * @param person whose it is: another's is another line.
 */
export function sharedLine(person: string, told: (told: Told) => void): Line {
  if (typeof SharedWorker === 'undefined') return ownLine(told)
  let joined = false
  let own: Line | undefined
  const worker = new SharedWorker(workerAddress, { type: 'module', name: `stream ${person}` })
  const { port } = worker
  const ask = (wish: Wish): void => {
    if (own) own[wish]()
    else port.postMessage(wish)
  }
  port.onmessage = ({ data }: MessageEvent<Told>) => {
    if (joined) told(data)
  }
  worker.onerror = () => {
    own ??= ownLine(told)
    if (joined) own.join()
  }
  const line: Line = {
    join() {
      joined = true
      ask('join')
    },
    leave() {
      joined = false
      ask('leave')
    },
    renew: () => ask('renew'),
    end() {
      line.leave()
      window.removeEventListener('pagehide', gone)
      port.close()
    },
  }
  // Nothing tells the worker of a window that was closed.
  const gone = (): void => ask('leave')
  window.addEventListener('pagehide', gone)
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted && joined) ask('join')
  })
  return line
}

function ownLine(told: (told: Told) => void): Line {
  const line = new StreamLine()
  return {
    join: () => line.join(told),
    leave: () => line.leave(told),
    renew: () => line.renew(),
    end: () => line.leave(told),
  }
}
