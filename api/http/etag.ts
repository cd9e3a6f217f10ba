import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/**
 * Answers of the API may be kept by the browser, but are asked for again each time: when nothing
 * has changed, the body is not sent again.
 */
export function revalidate(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', isRead(request) ? 'private, no-cache' : 'no-store')
    if (!isRead(request) || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    const tag = `"${createHash('sha1').update(payload).digest('base64url')}"`
    reply.header('etag', tag)
    if (request.headers['if-none-match'] !== tag) return payload
    reply.code(304).removeHeader('content-length').removeHeader('content-type')
    return null
  })
}

/** HEAD is told what GET would be (RFC 9110, section 9.3.2). */
const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD'
