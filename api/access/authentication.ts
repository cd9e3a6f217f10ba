import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { may, type Right } from '../../domain/permissions.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { refuseForeignOrigin } from './origin-check.ts'
import { ProblemError } from '../http/problem.ts'
import {
  SESSION_SECONDS,
  type SignedInUser,
  TOKEN_PREFIX,
  userOfSession,
  userOfToken,
} from './sessions.ts'

/**
 * What a route asks of whoever calls it. Every route of the API declares it: `config: { right:
 * 'ticket.work' }`.
 */
export type RouteRight = Right | 'public' | 'signed-in'

declare module 'fastify' {
  interface FastifyContextConfig {
    right?: RouteRight
    /** An API token is not enough. */
    sessionOnly?: boolean
  }
  interface FastifyRequest {
    user: SignedInUser | null
  }
}

const COOKIE = 'guichet_session'

/**
 * Makes every route of this scope ask for its right. A route that declares none stops the start.
 */
export function requireRights(app: FastifyInstance, deps: Dependencies): void {
  app.decorateRequest('user', null)
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.right === undefined)
      throw new Error(
        `${String(method)} ${url} declares no right. Add config: { right: … } to it; see domain/permissions.ts.`,
      )
  })
  app.addHook('onRequest', async (request, reply) => {
    const { right = 'signed-in', sessionOnly = false } = request.routeOptions.config
    const bearer = bearerOf(request)
    if (bearer === null) refuseForeignOrigin(request, deps.settings.publicUrl)
    if (right === 'public') return
    request.user =
      bearer === null
        ? await userOfCookie(request, reply, deps)
        : await userOfToken(deps.db, bearer)
    if (!request.user)
      throw new ProblemError(
        401,
        'not-signed-in',
        'Sign in first: POST /api/v1/session, or send an API token as Authorization: Bearer.',
      )
    if (sessionOnly) requireSession(request.user)
    if (right !== 'signed-in' && !may(request.user, right))
      throw new ProblemError(
        403,
        'not-allowed',
        `Your role, ${request.user.role}, does not allow this. Ask an admin.`,
      )
  })
}

/** @returns who makes the request, on a route that is not public. */
export function signedIn(request: Pick<FastifyRequest, 'user'>): SignedInUser {
  if (!request.user) throw new ProblemError(401, 'not-signed-in', 'Sign in first.')
  return request.user
}

/** Tokens stay in scripts and files: they cannot make further tokens or change the password. */
function requireSession(user: SignedInUser): void {
  if (user.via !== 'session')
    throw new ProblemError(
      403,
      'session-needed',
      'An API token cannot do this. Sign in with e-mail address and password.',
    )
}

/** @returns the person as a ticket's history names them. */
export const actorOf = ({ id, name }: SignedInUser): Actor => ({ kind: 'agent', id, name })

/**
 * Only over TLS when Guichet is reached by TLS; never readable by scripts; not sent with another
 * site's requests.
 */
export function setSessionCookie(reply: FastifyReply, token: string, publicUrl: string): void {
  reply.setCookie(COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    maxAge: SESSION_SECONDS,
  })
}

export const clearSessionCookie = (reply: FastifyReply): FastifyReply =>
  reply.clearCookie(COOKIE, { path: '/' })

async function userOfCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { db, settings }: Dependencies,
): Promise<SignedInUser | null> {
  const token = request.cookies[COOKIE]
  if (!token) return null
  const found = await userOfSession(db, token)
  if (!found) return null
  if (found.slid) setSessionCookie(reply, token, settings.publicUrl)
  return found.user
}

function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization
  if (header === undefined) return null
  const [, token] = /^Bearer\s+(\S+)$/i.exec(header) ?? []
  if (!token?.startsWith(TOKEN_PREFIX))
    throw new ProblemError(
      401,
      'token-malformed',
      `Send Authorization: Bearer followed by a token of POST /api/v1/tokens, which begins with ${TOKEN_PREFIX}.`,
    )
  return token
}
