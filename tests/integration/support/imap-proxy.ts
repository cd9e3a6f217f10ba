import net from 'node:net'

/**
 * Stands between Guichet and its IMAP server and counts who listens: a watched mailbox is one
 * session in IDLE.
 */
export async function imapProxy(target: {
  host: string
  port: number
}): Promise<{ port: number; listening: () => number; stop: () => Promise<void> }> {
  const open = new Set<net.Socket>()
  const idle = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(target.port, target.host)
    open.add(client)
    client.on('data', (chunk) => {
      // IDLE and DONE are lines of their own (RFC 2177); nothing else a client sends in these tests
      // ends so.
      const lines = chunk.toString('latin1')
      if (/(^|\r\n)\S+ IDLE\r\n$/i.test(lines)) idle.add(client)
      else if (/(^|\r\n)DONE\r\n/i.test(lines)) idle.delete(client)
    })
    const end = (): void => {
      open.delete(client)
      idle.delete(client)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', resolve),
  )
  return {
    port: (server.address() as net.AddressInfo).port,
    listening: () => idle.size,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
