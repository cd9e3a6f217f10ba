import type net from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Lets the server close as soon as the requests under way are answered. Node itself waits a minute
 * for connections on which nothing was asked yet, and browsers open such connections in advance.
 */
export function closeWithoutWaiting(app: FastifyInstance): void {
  const underWay = new Map<net.Socket, number>()
  let closing = false

  app.server.on('connection', (socket) => {
    underWay.set(socket, 0)
    socket.once('close', () => underWay.delete(socket))
  })
  app.server.on('request', ({ socket }, response) => {
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (underWay.get(socket) ?? 1) - 1
      if (underWay.has(socket)) underWay.set(socket, left)
      if (closing && left === 0) socket.destroySoon()
    })
  })
  app.addHook('preClose', async () => {
    closing = true
    for (const [socket, requests] of underWay) if (requests === 0) socket.destroySoon()
  })
}
