import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../http/problem.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site makes a signed-in browser send. Browsers name the page that a request
 * comes from; the cookie's SameSite=Lax is the second wall. Programs send neither header.
 * @throws ProblemError 403
 */
export function refuseForeignOrigin(request: FastifyRequest, publicUrl: string): void {
  if (SAFE.has(request.method)) return
  const { origin, 'sec-fetch-site': site } = request.headers
  const own = site === 'same-origin' || site === 'none'
  if (
    origin === undefined ? site === undefined || own : isOwnOrigin(origin, request.host, publicUrl)
  )
    return
  throw new ProblemError(
    403,
    'foreign-origin',
    'This request comes from another site’s page. Open Guichet at its own address; behind a proxy set PUBLIC_URL to it.',
  )
}

/** The public address, or the address that this very request was sent to. */
function isOwnOrigin(origin: string, host: string, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  return new URL(origin).origin === new URL(publicUrl).origin || new URL(origin).host === host
}
