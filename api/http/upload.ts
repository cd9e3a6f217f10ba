import { cut } from '../../domain/cut.ts'
import { wellFormedText } from '../../domain/well-formed-text.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError, tooLarge } from './problem.ts'

/** One file of a request, whole. */
export interface Upload {
  filename: string
  contentType: string
  content: Buffer
}

declare module 'fastify' {
  interface FastifyRequest {
    /** On a route that consumes multipart/form-data. */
    upload: Upload | null
  }
}

/**
 * Reads the file of a request before its handler runs, on routes that take one.
 * @throws ProblemError 400, 413
 */
export function readUploads(app: FastifyInstance): void {
  app.decorateRequest('upload', null)
  app.addHook('preHandler', async (request) => {
    if (!request.routeOptions.schema?.consumes?.includes('multipart/form-data')) return
    const file = request.isMultipart() ? await fileOf(request).catch(refuseMalformed) : undefined
    if (!file)
      throw new ProblemError(
        400,
        'file-missing',
        'Send the file as multipart/form-data, in a field named file.',
      )
    request.upload = file
  })
}

/** The part named `file`. One of another name would be left out in silence, so it is refused. */
async function fileOf(request: FastifyRequest): Promise<Upload | undefined> {
  let file: Upload | undefined
  for await (const part of request.parts()) {
    if (part.type !== 'file' || part.fieldname !== FIELD)
      throw unknownPart(part.fieldname, NOT_KNOWN)
    if (file) throw unknownPart(part.fieldname, 'is there twice. One file is taken.')
    const content = await part.toBuffer()
    // The library notices only while more is coming: a byte too many in a packet of its own would be
    // cut off in silence.
    if (part.file.truncated) throw tooLarge()
    file = {
      filename: cut(wellFormedText(part.filename ?? '').trim(), 255) || 'attachment',
      contentType: part.mimetype || 'application/octet-stream',
      content,
    }
  }
  return file
}

const FIELD = 'file'
const NOT_KNOWN = `is not known here. Known are: ${FIELD}.`

function unknownPart(name: string, message: string): ProblemError {
  const field = cut(wellFormedText(name), 100)
  return new ProblemError(400, 'request-invalid', `${field}: ${message}`, {
    errors: [{ pointer: `/${field}`, message, code: 'unknown' }],
  })
}

/** What reading a form fails with is the form's fault: one that ends early, a part without a head. */
function refuseMalformed(error: unknown): never {
  if (error instanceof ProblemError) throw error
  if (error instanceof Error && 'statusCode' in error && error.statusCode !== 400) throw error
  throw new ProblemError(
    400,
    'form-malformed',
    'The form is not well formed multipart/form-data, or it ends early. Send it again.',
  )
}
