import { wellFormedTexts } from '../../domain/well-formed-text.ts'
import type { FastifyInstance } from 'fastify'

/**
 * Makes the texts of every request well formed before it is validated, so that no route has to think
 * of it.
 */
export function acceptWellFormedText(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    request.query = wellFormedTexts(request.query)
    if (request.body !== undefined && !request.isMultipart())
      request.body = wellFormedTexts(request.body)
  })
}
