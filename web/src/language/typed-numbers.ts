import { numberForField, readNumber } from '../../../languages/numbers.ts'
import { ApiError } from '../api/problem.ts'
import { language, t } from './language.svelte.ts'

/** A number that everybody reads alike, in the sentence about one that could mean two. */
const EXAMPLE = 1249.5

/** "329.00" → "329,00": a stored number in a field where it is typed. */
export const typedDecimal = (stored: string | number): string =>
  numberForField(language.current, String(stored))

/**
 * @returns a number as it is typed, as exact decimal text; empty where nothing is typed, null where it
 *   is no number or could mean two.
 */
export const readTyped = (typed: string): string | null =>
  typed.trim() === '' ? '' : readNumber(language.current, typed)

/** What a field says of a number that cannot be read; nothing while there is nothing to say. */
export const unclearNumber = (typed: string): string | undefined =>
  readTyped(typed) === null
    ? t('fieldError.unclearNumber', { example: typedDecimal(EXAMPLE) })
    : undefined

/**
 * A number as it is typed, for the API.
 * @param pointer of its field.
 * @returns exact decimal text; empty where nothing is typed.
 * @throws ApiError when it cannot be read: shown at the field, as the server's own errors are.
 */
export function decimalText(typed: string, pointer: string): string {
  const exact = readTyped(typed)
  if (exact !== null) return exact
  throw new ApiError({
    status: 422,
    code: 'number-unclear',
    detail: 'unclear',
    errors: [{ pointer, message: '', code: 'unclearNumber', values: { example: EXAMPLE } }],
  })
}

/** The same as a number, for what is counted or measured; null where nothing is typed. */
export function numberFrom(typed: string, pointer: string): number | null {
  const exact = decimalText(typed, pointer)
  return exact === '' ? null : Number(exact)
}
