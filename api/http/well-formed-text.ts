import type { FastifyInstance } from 'fastify'
import { wellFormedText, wellFormedTexts } from '../../domain/well-formed-text.ts'
import { isDeeperThan } from './json-depth.ts'
import { notFound, ProblemError } from './problem.ts'

/** No body that is described has a quarter of it. */
const DEEPEST_JSON = 64

/**
 * Makes the texts of every request well formed before it is validated, so that no route has to think
 * of it. A path that holds what no text can hold names nothing.
 */
export function acceptWellFormedText(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const named = Object.values(request.params as Record<string, string>)
    if (named.some((part) => wellFormedText(part) !== part)) throw notFound('such address')
    request.query = wellFormedTexts(request.query)
    if (request.body === undefined || request.isMultipart()) return
    if (isDeeperThan(DEEPEST_JSON, request.body)) throw tooDeep()
    request.body = wellFormedTexts(request.body)
  })
}

const tooDeep = (): ProblemError =>
  new ProblemError(
    400,
    'json-too-deep',
    `The body is nested more than ${DEEPEST_JSON} levels deep. Nothing here takes that.`,
  )
