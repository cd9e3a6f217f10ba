import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dependencies } from '../dependencies.ts'
import { ProblemError } from '../problem.ts'
import { type Attempt, inAttempt } from './attempt.ts'
import { StoredRequests } from './stored-requests.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Done twice it is as good as done once, and its answer is not to be kept. */
    repeatable?: boolean
  }
  interface FastifyRequest {
    attempt: Attempt | null
  }
}

const RENEWED_MS = 5_000
/** What is given again of an answer's head. */
const KEPT_HEADERS = ['content-type', 'location', 'content-disposition']

/**
 * A POST with an Idempotency-Key is done once, however often it is sent, by whichever API process:
 * docs/decisions/0017-idempotency-keys.md.
 */
export function answerOnce(app: FastifyInstance, { db, settings, log }: Dependencies): void {
  const requests = new StoredRequests(db, settings.secretKeys)
  app.decorateRequest('attempt', null)

  app.addHook('preHandler', (request, reply, done) => {
    const key = keyOf(request)
    if (key === null) {
      done()
      return
    }
    take(request, reply, key).then(
      (attempt) => {
        if (attempt) inAttempt(attempt, done)
      },
      (error: unknown) => {
        done(error as Error)
      },
    )
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const { attempt } = request
    if (!attempt) return payload
    request.attempt = null
    const isFinal = reply.statusCode < 500 && reply.statusCode !== 202 && reply.statusCode !== 429
    const work =
      isFinal && (typeof payload === 'string' || payload == null)
        ? requests.answer(attempt, {
            status: reply.statusCode,
            headers: headersOf(reply),
            body: payload ?? '',
          })
        : requests.release(attempt)
    // What was done is done: its answer is given also when it cannot be kept.
    await work.catch((err: unknown) => {
      log.warn({ err, route: request.routeOptions.url }, 'the answer to a request was not kept')
    })
    return payload
  })

  /** @returns null when the request was answered here. */
  async function take(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
  ): Promise<Attempt | null> {
    const fingerprint = fingerprintOf(request)
    const caller = request.user ? `user:${request.user.id}` : `request:${fingerprint}`
    const claim = await requests.claim({ caller, key, fingerprint })
    switch (claim.kind) {
      case 'mine':
        request.attempt = claim.attempt
        keepAlive(reply, claim.attempt)
        return claim.attempt
      case 'answered':
        reply.code(claim.answer.status).headers(claim.answer.headers)
        reply.header('idempotency-replayed', 'true')
        await reply.serializer((body: string) => body).send(claim.answer.body || undefined)
        return null
      case 'under-way':
        throw new ProblemError(
          409,
          'request-under-way',
          'A request with this Idempotency-Key is being carried out. Send it again in a moment for its answer.',
          { retryAfter: 1 },
        )
      case 'another':
        throw new ProblemError(
          422,
          'idempotency-key-used',
          'This Idempotency-Key belongs to another request of yours. Choose a new key for each thing to be done.',
          {
            errors: [{ pointer: '/header/Idempotency-Key', message: 'belongs to another request' }],
          },
        )
    }
  }

  function keepAlive(reply: FastifyReply, attempt: Attempt): void {
    const timer = setInterval(() => {
      requests.renew(attempt).catch(() => undefined)
    }, RENEWED_MS)
    reply.raw.once('close', () => {
      clearInterval(timer)
    })
  }
}

/** @throws ProblemError 400 */
function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined || request.method !== 'POST' || request.routeOptions.config.repeatable)
    return null
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new ProblemError(
    400,
    'idempotency-key-invalid',
    'An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.',
    { errors: [{ pointer: '/header/Idempotency-Key', message: 'is no key' }] },
  )
}

/** The validated body: two that say the same are the same, in whatever order and white space. */
function fingerprintOf({ method, url, body, upload }: FastifyRequest): string {
  const hash = createHash('sha256').update(`${method} ${url}\n${JSON.stringify(body ?? null)}\n`)
  if (upload) hash.update(`${upload.filename}\n${upload.contentType}\n`).update(upload.content)
  return hash.digest('base64url')
}

const headersOf = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)]]
    }),
  )
