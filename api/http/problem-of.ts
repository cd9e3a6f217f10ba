import type { FastifyError, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { RefusalValues } from '../../domain/command-rule.ts'
import type { failedOfOne } from '../../domain/contract.ts'
import { type ProblemCode, problemCode, valuesOfRefusal } from '../../domain/problem-codes.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { CommandUndecidedError } from '../../application/tickets/ticket-commands.ts'
import { refusalInEnglish } from '../../application/tickets/refusal-sentence.ts'
import { type DatabaseTrouble, databaseTrouble } from '../../platform/postgres/database-trouble.ts'
import { unsupportedMediaType } from './media-types.ts'
import { fieldErrors } from './field-errors.ts'
import { addressMalformed, ProblemError, refusedBy, tooLarge } from './problem.ts'

/**
 * @param isTaken a command of whoever asked was taken before: something may be changed.
 * @returns what an error says to whoever asked: its status, code and sentence.
 */
export function problemOf(
  error: FastifyError | Error,
  { isTaken }: { isTaken: boolean },
): ProblemError {
  if (error instanceof ProblemError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error)
  if (error instanceof CommandRejectedError)
    return refusedBy(error, rejectionStatus[error.code] ?? 409)
  if (error instanceof CommandUndecidedError) return undecided
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = problemCode.safeParse(code).data
  const status = known && ours[known]
  if (known && status !== undefined)
    return new ProblemError(status, known, error.message, valuesWith(error))
  const trouble = databaseTrouble(error)
  if (trouble) return isTaken ? undecided : unavailable[trouble]
  const http =
    'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (http >= 400 && http < 500) return fromFastify(http, code, error.message)
  return unexpected
}

/**
 * Why one of several tickets could not be changed: what a request for it alone would be told. What
 * only the server's log should know is not told.
 * @param number the ticket's.
 */
export function reasonOf(
  error: unknown,
  number: number,
  { log, taken }: Pick<FastifyRequest, 'log' | 'taken'>,
): Pick<z.infer<typeof failedOfOne>, 'code' | 'message' | 'values'> {
  const { status, code, message, more } = problemOf(
    error instanceof Error ? error : new Error(String(error)),
    { isTaken: taken?.has(number) ?? false },
  )
  if (status >= 500) log.error({ err: error }, 'one of several tickets could not be changed')
  return {
    code,
    message: refusalInEnglish({ code, message, values: more.values }),
    ...(more.values ? { values: more.values } : {}),
  }
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

const undecided = new ProblemError(
  503,
  'outcome-unknown',
  'It is not known whether this was done. Look at the ticket before you try again.',
  { retryAfter: 10 },
)

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
  'message-not-here': 422,
  'split-takes-all': 422,
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
