import type { FastifyError } from 'fastify'
import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { Problem } from '../../domain/contract.ts'
import type { FieldErrorCode } from '../../domain/problem-codes.ts'

type InvalidRequest = Omit<FastifyError, 'validation'> & {
  validation: ZodFastifySchemaValidationError[]
}
type FieldError = NonNullable<Problem['errors']>[number]

/**
 * @returns one entry for each wrong field: a JSON pointer into the body (`/imap/host`; `/query/…`
 *   for the address) and a sentence.
 */
export const fieldErrors = ({ validation, validationContext }: InvalidRequest): FieldError[] =>
  validation
    .flatMap(({ instancePath, keyword, message = '', params }) => {
      const place = `${validationContext === 'querystring' ? '/query' : ''}${instancePath === '/' ? '' : instancePath}`
      const unknown = unknownFields({ code: keyword, path: [], message, ...params })
      return unknown.length
        ? unknown.map((field) => ({ ...field, pointer: `${place}${field.pointer}` }))
        : [
            {
              pointer: place,
              message: sentence(keyword, message, params),
              ...codeOf(keyword, message, params),
            },
          ]
    })
    .slice(0, 50)

interface Issue {
  code: string
  path: PropertyKey[]
  message: string
  keys?: string[]
  /** Of a union: what each of its forms says. */
  errors?: Issue[][]
}

/**
 * An entry for each field that is not known, also when the form that was meant is one of several: it
 * is the one to which nothing else is wrong.
 */
function unknownFields({ code, path, message, keys = [], errors = [] }: Issue): FieldError[] {
  const place = path.map((part) => `/${String(part)}`).join('')
  if (code === 'unrecognized_keys')
    return keys.map((key) => ({ pointer: `${place}/${key}`, message, code: 'unknown' as const }))
  if (code !== 'invalid_union') return []
  return (
    errors
      .map((issues) => issues.map(unknownFields))
      .find((fields) => fields.length > 0 && fields.every((one) => one.length > 0))
      ?.flat()
      .map((field) => ({ ...field, pointer: `${place}${field.pointer}` })) ?? []
  )
}

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
  return message
}

/** The same in no language, for people. */
function codeOf(
  keyword: string,
  message: string,
  { origin, minimum, maximum, values }: Record<string, unknown>,
): Pick<FieldError, 'code' | 'values'> {
  if (keyword === 'invalid_type' && /received undefined/.test(message)) return { code: 'missing' }
  if (keyword === 'invalid_value' && Array.isArray(values))
    return { code: 'notOneOf', values: { choices: values.map(String).join(', ') } }
  const bounds = codesOfBounds[String(origin)] ?? codesOfBounds['number']!
  if (keyword === 'too_small')
    return origin === 'string' && minimum === 1
      ? { code: 'missing' }
      : { code: bounds[0], values: { least: Number(minimum) } }
  if (keyword === 'too_big') return { code: bounds[1], values: { most: Number(maximum) } }
  const example = AMOUNT.exec(message)?.[1]
  if (example) return { code: 'unclearNumber', values: { example: Number(example) } }
  return { code: /e-mail address/.test(message) ? 'email' : 'invalid' }
}

/** What schemas of amounts, prices and quantities say, with the number that would be one. */
const AMOUNT = /(?:amount|price|quantity) such as (?:\d+ or )?(\d+(?:\.\d+)?)$/

const codesOfBounds: Record<string, [least: FieldErrorCode, most: FieldErrorCode]> = {
  string: ['tooShort', 'tooLong'],
  array: ['tooFew', 'tooMany'],
  number: ['tooSmall', 'tooLarge'],
}

const formats: Record<string, string> = {
  uuid: 'must be an id (UUID)',
  datetime: 'must be a time such as 2026-01-31T09:30:00Z',
}
const unit: Record<string, string> = { string: ' characters', array: ' entries' }
const article = (type: string): string =>
  type === 'int' ? 'a whole number' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
