import net from 'node:net'

/** @returns a port on the loopback interface that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * Waits until something is so.
 * @param what for the error: what was waited for. @param look returns a value when it is so.
 * @throws Error after `patience` milliseconds, with the last error or the last detail.
 */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false | null> | T | undefined | false | null, patience = 15_000): Promise<T> {
  const until = Date.now() + patience
  let last: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined && found !== false && found !== null) return found
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() > until) throw new Error(`Waited ${patience / 1000} s in vain: ${what}${last ? ` (${last instanceof Error ? last.message : String(last)})` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
