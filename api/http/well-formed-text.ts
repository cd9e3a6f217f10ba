import type { FastifyInstance } from 'fastify'
import { wellFormedText, wellFormedTexts } from '../../domain/well-formed-text.ts'
import { isDeeperThan } from './json-depth.ts'
import { addressMalformed, notFound, ProblemError } from './problem.ts'

/** No body that is described has a quarter of it. */
const DEEPEST_JSON = 64

/**
 * Refuses an address that is no UTF-8 once its percent-encoding is undone (RFC 3986, section 2.5):
 * read nonetheless, something else would be looked for than was meant.
 */
export function refuseMalformedAddress(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (!isWellFormed(request.url)) throw addressMalformed()
  })
}

function isWellFormed(address: string): boolean {
  try {
    decodeURIComponent(address)
    return true
  } catch {
    return false
  }
}

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
