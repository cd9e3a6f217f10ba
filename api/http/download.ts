import { cut } from '../../domain/cut.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BlobStore } from '../../platform/postgres/blobs.ts'

export interface Download {
  sha256: string
  contentType: string
  filename: string
  /** Asked to be shown in the browser; granted only to types that cannot run anything. */
  inline: boolean
}

/**
 * Pictures without scripts, and PDF, whose viewers are sandboxed by the browser. Never SVG or HTML.
 */
const showable = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'application/pdf',
])

/**
 * Sends stored bytes that a stranger chose. Nothing in them may act in Guichet's name: their type
 * is not guessed, what could run is only downloaded, and if it is opened after all it has no origin
 * and loads nothing. The same bytes are not sent twice.
 */
export async function sendDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  { sha256, contentType, filename, inline }: Download,
  blobs: BlobStore,
): Promise<FastifyReply> {
  const tag = `"${cut(sha256, 32)}"`
  const type = safeType(contentType)
  reply
    .header('etag', tag)
    .header('cache-control', 'private, no-cache')
    .header('x-content-type-options', 'nosniff')
    .header(
      'content-security-policy',
      type === 'application/pdf'
        ? "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        : "default-src 'none'; sandbox; frame-ancestors 'self'",
    )
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  return reply
    .header('content-disposition', contentDisposition(inline && showable.has(type), filename))
    .type(type)
    .send(await blobs.get(sha256))
}

/** A type that a header can carry; a text that says nothing of its charset is not guessed at. */
function safeType(contentType: string): string {
  const plain = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/.test(plain)
    ? plain
    : 'application/octet-stream'
}

/**
 * RFC 6266: the name in ASCII for old clients, and whole in UTF-8. No path, no control character.
 */
export function contentDisposition(inline: boolean, filename: string): string {
  const name =
    filename
      .replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '')
      .split(/[\\/]/)
      .at(-1)
      ?.trim() || 'attachment'
  const short = [...name].slice(0, 200).join('')
  const ascii =
    short
      .normalize('NFKD')
      .replace(/[^\x20-\x7e]/g, '')
      .replace(/["\\%]/g, '_')
      .trim() || 'attachment'
  const utf8 = encodeURIComponent(short).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${utf8}`
}
