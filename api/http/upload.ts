import { cut } from '../../domain/cut.ts'
import { wellFormedText } from '../../domain/well-formed-text.ts'
import type { FastifyInstance } from 'fastify'
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
    const part = request.isMultipart() ? await request.file().catch(refuseMalformed) : undefined
    if (!part)
      throw new ProblemError(
        400,
        'file-missing',
        'Send the file as multipart/form-data, in a field named file.',
      )
    const content = await part.toBuffer().catch(refuseMalformed)
    // The library notices only while more is coming: a byte too many in a packet of its own would be
    // cut off in silence.
    if (part.file.truncated) throw tooLarge()
    request.upload = {
      filename: cut(wellFormedText(part.filename ?? '').trim(), 255) || 'attachment',
      contentType: part.mimetype || 'application/octet-stream',
      content,
    }
  })
}

/** What reading a form fails with is the form's fault: one that ends early, a part without a head. */
function refuseMalformed(error: unknown): never {
  if (error instanceof Error && 'statusCode' in error && error.statusCode !== 400) throw error
  throw new ProblemError(
    400,
    'form-malformed',
    'The form is not well formed multipart/form-data, or it ends early. Send it again.',
  )
}
