import type { FastifyInstance } from 'fastify'
import { ProblemError } from './problem.ts'
import { reservedFields } from './reserved-fields.ts'

/**
 * Reads JSON as RFC 8259 section 8.1 has it: UTF-8, whole and uncompressed. What is no UTF-8 is
 * refused; read nonetheless, its letters would be lost in silence.
 */
export function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      const text = textOf(body)
      if (text === null) return done(notUtf8)
      void parse(request, text, (error, value) => {
        if (error) done(reservedNames(text) ?? error)
        else done(null, value)
      })
    },
  )
  app.addHook('preParsing', async (request, reply) => {
    const { 'content-type': type, 'content-encoding': coding } = request.headers
    if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') {
      // RFC 9110, section 15.5.16: says which codings would be taken.
      reply.header('accept-encoding', 'identity')
      throw new ProblemError(
        415,
        'coding-unsupported',
        'The body is compressed. Send it as it is, without Content-Encoding.',
      )
    }
    const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type ?? '')?.[1]?.toLowerCase()
    if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset))
      throw new ProblemError(
        415,
        'media-type-unsupported',
        'JSON is written in UTF-8. Send it so, and name no other charset.',
      )
  })
}

/** @returns the text without its byte order mark; null when it is no UTF-8. */
function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

const notUtf8 = new ProblemError(
  400,
  'text-malformed',
  'The body is not UTF-8. JSON is written in UTF-8: save or encode it so and send it again.',
)

/** @returns what is told of JSON that is refused for what its fields are called alone. */
function reservedNames(text: string): ProblemError | undefined {
  const pointers = reservedFields(text)
  const message = 'is not known here: no field has this name.'
  if (pointers.length === 0) return undefined
  return new ProblemError(400, 'request-invalid', `${pointers[0]?.slice(1)}: ${message}`, {
    errors: pointers.map((pointer) => ({ pointer, message, code: 'unknown' as const })),
  })
}
