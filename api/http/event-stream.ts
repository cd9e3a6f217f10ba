import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/** A page that does not read is cut off before its backlog fills the memory. Bytes. */
const BACKLOG = 1_000_000

interface EventStream {
  raw: ServerResponse
  write: (text: string) => void
}

/** Takes the answer out of Fastify's hands: server-sent events have no end of their own. */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack()
  const { raw } = reply
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  raw.writeHead(200, {
    ...Object.fromEntries(headers),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  const write = (text: string): void => {
    if (raw.writableLength > BACKLOG) raw.destroy()
    else raw.write(text)
  }
  return { raw, write }
}
