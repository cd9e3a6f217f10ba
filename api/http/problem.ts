import type { RefusalValues, Rejection } from '../../domain/command-rule.ts'
import type { Kept, KeptOfOne, Problem } from '../../domain/contract.ts'
import type { ProblemCode } from '../../domain/problem-codes.ts'
import { refusalInEnglish } from '../../application/tickets/refusal-sentence.ts'
import type { CommandKeptError } from '../../application/tickets/ticket-commands.ts'

/**
 * An answer other than success: status, a code for programs, and a sentence that says what is wrong
 * and what to do.
 */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: ProblemCode | `http-${number}`,
    detail: string,
    readonly more: {
      errors?: Problem['errors']
      values?: RefusalValues | undefined
      retryAfter?: number
      allow?: string[]
    } = {},
  ) {
    super(detail)
  }
}

/**
 * Also for what the person may not see: whether it exists is nobody's business.
 * @param what with its article: `ticket #1042`.
 */
export const notFound = (what: string): ProblemError =>
  new ProblemError(404, 'not-found', `There is no ${what}, or you may not see it.`)

export const conflict = (code: ProblemCode, detail: string): ProblemError =>
  new ProblemError(409, code, detail)

/**
 * One field of the request cannot be carried out, although it is well formed.
 * @param pointer a JSON pointer into the body.
 */
export const unprocessable = (code: ProblemCode, detail: string, pointer?: string): ProblemError =>
  new ProblemError(
    422,
    code,
    detail,
    pointer === undefined ? {} : { errors: [{ pointer, message: detail }] },
  )

/**
 * What a rule refuses before any command is sent: with the code, sentence and values of a command's
 * refusal.
 * @param pointer of the field that cannot be as it is.
 */
export const refusedBy = (
  { code, message, values }: Rejection,
  status: number,
  pointer?: string,
): ProblemError =>
  new ProblemError(status, code, message, {
    values,
    ...(pointer === undefined ? {} : { errors: [{ pointer, message }] }),
  })

/** An address that is no text. */
export const addressMalformed = (): ProblemError =>
  new ProblemError(
    400,
    'address-malformed',
    'This address is not well formed. Correct its percent-encoding.',
  )

/** A body or a file above the limit. */
export const tooLarge = (): ProblemError =>
  new ProblemError(
    413,
    'too-large',
    'This is larger than Guichet takes. Make it smaller, or send a link to it.',
  )

const titles: Record<number, string> = {
  400: 'The request is malformed',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Too slow',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Cannot be carried out',
  429: 'Too many requests',
  431: 'Head too large',
  500: 'Server error',
  503: 'Temporarily unavailable',
}

/** The body of RFC 9457. */
export const problemBody = ({ status, code, message, more }: ProblemError): Problem => ({
  type: `urn:guichet:problem:${code}`,
  title: titles[status] ?? 'Error',
  status,
  detail: refusalInEnglish({ code, message, values: more.values }),
  code,
  ...(more.values ? { values: more.values } : {}),
  ...(more.errors ? { errors: more.errors } : {}),
})

/** The body of a 202: what was asked is kept and will be done. */
export const keptBody = ({ code, message, ticketNumber, commandId }: CommandKeptError): Kept => ({
  accepted: true,
  code,
  detail: message,
  ticketNumber,
  commandId,
})

/** The same of one of several tickets. */
export const keptOne = ({ ticketNumber, commandId }: CommandKeptError): KeptOfOne => ({
  ticketNumber,
  commandId,
})
