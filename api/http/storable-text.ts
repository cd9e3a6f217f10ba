import type { FastifyInstance } from 'fastify'

/**
 * NUL, and halves of a pair of surrogates: no text in PostgreSQL or in JSON between programs can
 * hold them. They come by pasting from broken sources.
 */
const unstorable = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * Takes what no text can hold out of every request before it is validated, so that no route has to
 * think of it.
 */
export function acceptStorableText(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    request.query = storable(request.query)
    if (request.body !== undefined && !request.isMultipart()) request.body = storable(request.body)
  })
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(unstorable, '')
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, storable(inner)]))
}
