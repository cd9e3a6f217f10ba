import { z } from 'zod'
import { singleLine } from './single-line.ts'
import { sentence } from './explanation.ts'
import { fieldErrorCode, valuesOfRefusal } from './problem-codes.ts'

/**
 * RFC 9457 problem+json: the one error format. `code` is stable for programs, `detail` says what to
 * do.
 */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    /** What `detail` names, by code: the task, the ticket, the number. For sentences in other languages. */
    values: valuesOfRefusal.optional(),
    /** Which fields of the request are wrong, by JSON pointer. */
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          /** In English, for programs; `code` and `values` say the same in no language. */
          message: z.string(),
          code: fieldErrorCode.optional(),
          values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>

/**
 * 202: Temporal has what was asked, and no worker has answered yet. It will be done. When it is
 * refused then, the ticket's history says so and whoever asked is told.
 */
export const kept = z
  .object({
    accepted: z.literal(true),
    code: z.literal('command-kept'),
    detail: z.string(),
    ticketNumber: z.number().int(),
    commandId: z.string(),
  })
  .meta({ id: 'Kept' })
export type Kept = z.infer<typeof kept>
/** One of several tickets that a request concerns, and why it could not be done there. */
export const failedOfOne = z
  .object({
    number: z.number().int(),
    code: z.string(),
    message: z.string(),
    /** What `message` names, as in a problem. */
    values: valuesOfRefusal.optional(),
  })
  .meta({ id: 'FailedOfOne' })
/** The same of one of several tickets that one request concerns. */
export const keptOfOne = kept
  .pick({ ticketNumber: true, commandId: true })
  .meta({ id: 'KeptOfOne' })
export type KeptOfOne = z.infer<typeof keptOfOne>

/** The largest that a column of whole numbers holds. */
export const LARGEST_WHOLE = 2_147_483_647

/** A whole number from 0, for what is counted. */
export const wholeNumber = z.number().int().min(0).max(LARGEST_WHOLE)
export const ticketNumber = z.number().int().min(1).max(LARGEST_WHOLE)
/** The number of an event in its ticket's history; that of the last one is the ticket's version. */
export const eventNumber = z.number().int().min(1).max(LARGEST_WHOLE)

/**
 * A number in a path or a query: decimal digits and nothing else, so that one thing has one address.
 * What JavaScript would take for a number besides (`0x3E9`, `1e3`, `007`, a space in front) is none.
 */
const inDigits = (number: z.ZodCoercedNumber) =>
  z.preprocess(
    (written) =>
      typeof written === 'string' && !/^(0|[1-9]\d{0,14})$/.test(written) ? Number.NaN : written,
    number,
  )
export const ticketNumberInAddress = inDigits(z.coerce.number().int().min(1).max(LARGEST_WHOLE))
export const eventNumberInAddress = inDigits(z.coerce.number().int().min(1).max(LARGEST_WHOLE))

/** A cursor page. `next` is null on the last one. */
export const page = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

export const cursorQuery = z.object({
  cursor: z.string().optional(),
  limit: inDigits(z.coerce.number().int().min(1).max(200)).default(50),
})

export const uuidParams = z.object({ id: z.uuid() })
export const ticketParams = z.object({ number: ticketNumberInAddress })

/** What calendars, databases and programs agree on: there is no year 0, and none of five digits. */
const isInYears = (written: string): boolean => {
  const year = new Date(written).getUTCFullYear()
  return year >= 1 && year <= 9999
}
const outOfYears = 'must be in the years 0001 to 9999'
export const isoTime = z.iso.datetime().refine(isInYears, outOfYears)
export const isoTimeWithOffset = z.iso.datetime({ offset: true }).refine(isInYears, outOfYears)
export const isoDay = z.iso.date().refine(isInYears, outOfYears)

/** The outcome of "test connection": never an HTTP error, because a wrong password is an answer. */
export const connectionTest = z
  .object({
    ok: z.boolean(),
    code: z.string(),
    /** In English, for programs; `explanation` says the same in no language. */
    message: z.string(),
    explanation: z.array(sentence),
    detail: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ConnectionTest' })
export type ConnectionTest = z.infer<typeof connectionTest>

export const hostName = singleLine(255).min(1)

export const portNumber = z.number().int().min(1).max(65535)
