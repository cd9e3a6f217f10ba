import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/**
 * Answers of the API may be kept by the browser, but are asked for again each time: when nothing
 * has changed, the body is not sent again.
 */
export function revalidate(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', request.method === 'GET' ? 'private, no-cache' : 'no-store')
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string')
      return payload
    const tag = `"${createHash('sha1').update(payload).digest('base64url')}"`
    reply.header('etag', tag)
    if (request.headers['if-none-match'] !== tag) return payload
    reply.code(304).removeHeader('content-length').removeHeader('content-type')
    return null
  })
}
