import net from 'node:net'

/** A server that takes connections and never says a word: what a hanging mail server looks like. */
export async function silentServer(): Promise<{
  host: string
  port: number
  connections: () => number
  stop: () => Promise<void>
}> {
  const open = new Set<net.Socket>()
  let count = 0
  const server = net.createServer((socket) => {
    count++
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', resolve),
  )
  return {
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
    connections: () => count,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
