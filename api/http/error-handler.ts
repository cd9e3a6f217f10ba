import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { CommandKeptError } from '../../application/tickets/ticket-commands.ts'
import { keptBody, ProblemError, problemBody } from './problem.ts'
import { problemOf } from './problem-of.ts'

/** Answers every error as problem+json. Only here an error gets its status. */
export function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (error instanceof CommandKeptError) {
    void reply
      .removeHeader('etag')
      .header('cache-control', 'no-store')
      .code(202)
      .type('application/json')
      .send(JSON.stringify(keptBody(error)))
    return
  }
  const problem = isAborted(request)
    ? aborted
    : isDoneAlready(error, request)
      ? doneAlready
      : problemOf(error, { isTaken: (request.taken?.size ?? 0) > 0 })
  if (problem === aborted)
    request.log.info(
      { method: request.method, route: request.routeOptions.url },
      'request ended before its body did',
    )
  // What was refused because too much was asked is counted: a line for each would make it more.
  else if (problem.status >= 500 && problem.code !== 'too-busy')
    request.log.error(
      { err: error, method: request.method, route: request.routeOptions.url },
      'request failed',
    )
  if (problem.more.retryAfter !== undefined)
    reply.header('retry-after', String(problem.more.retryAfter))
  if (problem.more.allow !== undefined) reply.header('allow', problem.more.allow.join(', '))
  if (problem.status === 401) reply.header('www-authenticate', challenge(request))
  // Whatever the handler had begun to say about its success does not hold any more.
  reply.removeHeader('etag').removeHeader('content-disposition').header('cache-control', 'no-store')
  void reply
    .code(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem)))
}

/** Whoever asks has hung up while sending: whatever failed then failed by that, and nobody waits. */
const isAborted = ({ raw }: FastifyRequest): boolean => raw.destroyed && !raw.complete

const aborted = new ProblemError(400, 'request-aborted', 'The request ended before its body did.')

/** How to prove who one is; a token that was sent was not good enough (RFC 6750, section 3). */
const challenge = ({ headers }: FastifyRequest): string =>
  `Bearer realm="Guichet"${headers.authorization === undefined ? '' : ', error="invalid_token"'}`

/**
 * An attempt after a crash finds what the earlier one made: the ids are the same in both. Routes that
 * can give the answer all the same do not come here.
 */
const isDoneAlready = (error: Error, { attempt }: FastifyRequest): boolean =>
  attempt?.isAgain === true &&
  'code' in error &&
  error.code === '23505' &&
  'constraint' in error &&
  /_pkey$/.test(String(error.constraint))

const doneAlready = new ProblemError(
  409,
  'done-already',
  'An earlier request with this Idempotency-Key was carried out, but its answer is lost. Look for what it made.',
)
