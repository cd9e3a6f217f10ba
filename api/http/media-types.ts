import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'
import { ProblemError } from './problem.ts'

/**
 * Refuses a request whose body has a form that its route does not read (415), and one that takes
 * only forms that its route does not answer in (406).
 */
export function checkMediaTypes(app: FastifyInstance): void {
  // Fastify would take a text for a body that then has no field in it.
  app.removeContentTypeParser('text/plain')
  app.addHook('preValidation', async (request) => {
    const { schema } = request.routeOptions
    const isForm = schema?.consumes?.includes('multipart/form-data') === true
    if (request.isMultipart() ? !isForm : isForm && request.body !== undefined)
      throw unsupportedMediaType()
    const produced = answeredTypes(schema)
    if (!isAcceptable(request, produced))
      throw new ProblemError(
        406,
        'not-acceptable',
        `This is answered as ${produced.join(' or ')}. Name it in Accept, or leave Accept out.`,
      )
  })
}

/** The body has a form that nothing here reads. */
export const unsupportedMediaType = (): ProblemError =>
  new ProblemError(
    415,
    'media-type-unsupported',
    'Send JSON with Content-Type: application/json, and files as multipart/form-data.',
  )

const ANY = 'application/octet-stream'

/** @returns the types of a success; empty when there is none or it is the stored file's. */
function answeredTypes(schema: FastifySchema | undefined): string[] {
  const answers = Object.entries((schema?.response ?? {}) as Record<string, object>)
  const types = answers
    .filter(([status]) => /^20[01]$/.test(status))
    .flatMap(([, answer]) =>
      'content' in answer ? Object.keys(answer.content as object) : ['application/json'],
    )
  return types.includes(ANY) ? [] : types
}

function isAcceptable({ headers: { accept } }: FastifyRequest, produced: string[]): boolean {
  if (accept === undefined || produced.length === 0) return true
  const ranges = accept
    .split(',')
    .map((range) => range.trim().toLowerCase())
    .filter((range) => range !== '' && !/;\s*q=0(\.0*)?\s*($|;)/.test(range))
    .map((range) => range.split(';')[0]?.trim() ?? '')
  return ranges.some(
    (range) =>
      range === '*/*' ||
      produced.some((type) => range === type || range === `${type.split('/')[0]}/*`),
  )
}
