import type { Connection } from '@temporalio/client'

/** States of a gRPC connection. */
const READY = 2
const FAILING = 3
const CLOSED = 4

/**
 * Tells when Temporal's server cannot be reached any more, and when it can again, until the connection
 * is closed. A connection that only ends is made anew at once, and is none of it: servers end each
 * after some minutes. It costs nothing while nothing changes.
 */
export function watchOutages(
  connection: Connection,
  { lost, back }: { lost: () => void; back: () => void },
): void {
  const channel = connection['client'].getChannel()
  let away = false
  const look = (): void => {
    // Nobody may ask for anything meanwhile: an idle one is made anew.
    channel.getConnectivityState(true)
    const state: number = channel.getConnectivityState(false)
    if (state === CLOSED) return
    if (state === FAILING && !away) {
      away = true
      lost()
    }
    if (state === READY && away) {
      away = false
      back()
    }
    channel.watchConnectivityState(state, Infinity, look)
  }
  look()
}
