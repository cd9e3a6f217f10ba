import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { RefusalValues } from '../../domain/command-rule.ts'
import { type ProblemCode, problemCode, valuesOfRefusal } from '../../domain/problem-codes.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { type DatabaseTrouble, databaseTrouble } from '../../platform/postgres/database-trouble.ts'
import { CommandKeptError } from '../../application/tickets/ticket-commands.ts'
import {
  addressMalformed,
  keptBody,
  ProblemError,
  problemBody,
  refusedBy,
  tooLarge,
} from './problem.ts'
import { unsupportedMediaType } from './media-types.ts'
import { fieldErrors } from './field-errors.ts'

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
      : problemOf(error)
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

function problemOf(error: FastifyError | Error): ProblemError {
  if (error instanceof ProblemError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error)
  if (error instanceof CommandRejectedError)
    return refusedBy(error, rejectionStatus[error.code] ?? 409)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = problemCode.safeParse(code).data
  const status = known && ours[known]
  if (known && status !== undefined)
    return new ProblemError(status, known, error.message, valuesWith(error))
  const trouble = databaseTrouble(error)
  if (trouble) return unavailable[trouble]
  const http =
    'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (http >= 400 && http < 500) return fromFastify(http, code, error.message)
  return unexpected
}

const valuesWith = (error: Error): { values?: RefusalValues } => {
  const { data: values } = valuesOfRefusal.safeParse('values' in error ? error.values : undefined)
  return values ? { values } : {}
}

/** What passes comes again in seconds; what somebody has to see to is not asked for so often. */
const unavailable: Readonly<Record<DatabaseTrouble, ProblemError>> = {
  silent: new ProblemError(
    503,
    'database-unreachable',
    'The database does not answer. Nothing was changed; try again in a moment.',
    { retryAfter: 5 },
  ),
  'not-writable': new ProblemError(
    503,
    'database-not-writable',
    'The database takes nothing new at the moment. Nothing was changed; try again in a few minutes.',
    { retryAfter: 30 },
  ),
  outdated: new ProblemError(
    503,
    'database-outdated',
    'The database is being brought up to date, or lacks something that this version needs. Nothing was changed; try again in a few minutes.',
    { retryAfter: 30 },
  ),
}

const unexpected = new ProblemError(
  500,
  'server-error',
  'Guichet could not answer this. The server’s log says why.',
)

/**
 * What a ticket refuses: a conflict with its state, unless the command itself can never be carried
 * out.
 */
const rejectionStatus: Partial<Record<ProblemCode, number>> = {
  'command-malformed': 422,
  'command-unwritable': 422,
  'reply-without-recipient': 422,
  'link-to-itself': 422,
  'merge-into-itself': 422,
  'ticket-not-opened': 404,
  'approval-unknown': 404,
  'purchase-unknown': 404,
  'approval-not-yours': 403,
  'approval-comment-needed': 422,
  'approval-link-used': 410,
  'approver-twice': 422,
  'approval-rule-impossible': 422,
  'deputy-is-approver': 422,
  'approver-asks-himself': 422,
  'approver-is-requester': 422,
  'approval-task-unknown': 422,
  'deadline-passed': 422,
  'purchase-empty': 422,
  'purchase-line-unknown': 422,
  'purchase-asset-of-no-line': 422,
  'purchase-line-twice': 422,
  'purchase-over-received': 422,
  'purchase-currency-without-rule': 422,
  'task-not-found': 404,
  'checklist-item-not-found': 404,
  'task-circle': 422,
  'task-after-unknown': 422,
}

/** Errors of platform/ that carry a code and a sentence for people. */
const ours: Partial<Record<ProblemCode, number>> = {
  'ticket-not-found': 404,
  'reply-without-recipient': 422,
  'recipient-is-department': 422,
  'attachment-not-available': 422,
  'department-not-found': 422,
  'secret-unreadable': 409,
  'approval-nobody-to-ask': 409,
  'blob-missing': 500,
}

/** A request whose path names nothing that can exist is not malformed, it finds nothing. */
function invalidRequest(error: Parameters<typeof fieldErrors>[0]): ProblemError {
  if (error.validationContext === 'params')
    return new ProblemError(404, 'not-found', 'There is nothing at this address.')
  const errors = fieldErrors(error)
  const first = errors[0]
  return new ProblemError(
    400,
    'request-invalid',
    first
      ? `${first.pointer.slice(1) || 'The request'}: ${first.message}`
      : 'The request is malformed.',
    { errors },
  )
}

function fromFastify(status: number, code: string, message: string): ProblemError {
  if (status === 413) return tooLarge()
  if (status === 415) return unsupportedMediaType()
  if (status === 416)
    return new ProblemError(
      416,
      'range-not-satisfiable',
      'This is shorter than the range that is asked for. Ask for less, or for the whole.',
    )
  // The library's own words repeat the address, which may hold the secret of a personal link.
  if (status === 414)
    return new ProblemError(
      414,
      'address-too-long',
      'A part of this address is longer than anything that Guichet names.',
    )
  if (code === 'FST_ERR_BAD_URL') return addressMalformed()
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error400.has(code))
    return new ProblemError(
      400,
      'json-malformed',
      'The body is not JSON. Correct it and send it again.',
    )
  return new ProblemError(status, `http-${status}`, message)
}

const error400 = new Set(['FST_ERR_CTP_EMPTY_JSON_BODY', 'FST_ERR_CTP_INVALID_CONTENT_LENGTH'])
