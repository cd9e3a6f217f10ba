import type { FastifyError } from 'fastify'
import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { Problem } from '../../domain/contract.ts'

type InvalidRequest = Omit<FastifyError, 'validation'> & {
  validation: ZodFastifySchemaValidationError[]
}
type FieldError = NonNullable<Problem['errors']>[number]

/**
 * @returns one entry for each wrong field: a JSON pointer into the body (`/imap/host`; `/query/…`
 *   for the address) and a sentence.
 */
export const fieldErrors = ({ validation, validationContext }: InvalidRequest): FieldError[] =>
  validation.slice(0, 50).map(({ instancePath, keyword, message, params }) => ({
    pointer: `${validationContext === 'querystring' ? '/query' : ''}${instancePath === '/' ? '' : instancePath}`,
    message: sentence(keyword, message ?? '', params),
  }))

/** Zod speaks to programmers; these words are for whoever filled in the form. */
function sentence(keyword: string, message: string, params: Record<string, unknown>): string {
  if (keyword === 'invalid_type')
    return /received undefined/.test(message)
      ? 'is missing'
      : `must be ${article(String(params['expected']))}`
  if (keyword === 'invalid_format') return formats[String(params['format'])] ?? message
  if (keyword === 'invalid_value' && Array.isArray(params['values']))
    return `must be one of ${params['values'].map(String).join(', ')}`
  if (keyword === 'too_small' && params['origin'] === 'string' && params['minimum'] === 1)
    return 'must not be empty'
  if (keyword === 'too_small' && /^Too small/.test(message))
    return `must be at least ${String(params['minimum'])}${unit[String(params['origin'])] ?? ''}`
  if (keyword === 'too_big')
    return `must be at most ${String(params['maximum'])}${unit[String(params['origin'])] ?? ''}`
  if (keyword === 'invalid_union') return 'has none of the forms that are possible here'
  if (keyword === 'unrecognized_keys')
    return `is not known: ${(params['keys'] as string[]).join(', ')}`
  return message
}

const formats: Record<string, string> = {
  uuid: 'must be an id (UUID)',
  datetime: 'must be a time such as 2026-01-31T09:30:00Z',
}
const unit: Record<string, string> = { string: ' characters', array: ' entries' }
const article = (type: string): string =>
  type === 'int' ? 'a whole number' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
