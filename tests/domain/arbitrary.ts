import fc from 'fast-check'
import { z } from 'zod'

/**
 * Values of a schema, for properties that hold for all of them. Ids, times and addresses come from a
 * small stock, so that commands speak of the same things again.
 */

interface JsonSchema {
  $ref?: string
  $defs?: Record<string, JsonSchema>
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  type?: string
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  items?: JsonSchema
  minItems?: number
  maxItems?: number
  properties?: Record<string, JsonSchema>
  required?: string[]
  propertyNames?: JsonSchema
  additionalProperties?: JsonSchema | boolean
}

export const ids = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`)
export const times = [23, 24, 25, 26].map((day) => `2026-11-${day}T09:00:00.000Z`)
const words = ['', 'x', 'Printer', 'Drucker übel', 'a b']
/** Where a pattern asks for one of them: an address, a currency, amounts, keys. */
const fitting = [
  'anna@client.example',
  'bo@client.example',
  'EUR',
  'USD',
  '1',
  '2',
  '10.50',
  'done',
  'vpn',
]

/** Fields whose form the schema checks by a function. */
const formed: Record<string, fc.Arbitrary<string>> = {
  currency: fc.constantFrom('EUR', 'USD'),
  quantity: fc.constantFrom('1', '2', '3.5'),
  unitPrice: fc.constantFrom('0', '10.50', '1999.9'),
  amount: fc.constantFrom('10.50', '2000'),
}

/**
 * @param schema of a command's payload.
 * @param written what people and foreign servers write, where a field takes any text.
 * @returns payloads as they are after parsing.
 */
export function arbitraryOf<S extends z.ZodType>(
  schema: S,
  written?: fc.Arbitrary<string>,
): fc.Arbitrary<z.infer<S>> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return from(json, json.$defs ?? {}, written)
    .map((input) => schema.safeParse(input))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data as z.infer<S>)
}

function from(
  schema: JsonSchema,
  defs: Record<string, JsonSchema>,
  written?: fc.Arbitrary<string>,
): fc.Arbitrary<unknown> {
  const inner = (s: JsonSchema): fc.Arbitrary<unknown> => from(s, defs, written)
  if (schema.$ref) return inner(defs[schema.$ref.replace('#/$defs/', '')]!)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map(inner))
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'number':
    case 'integer':
      return fc.integer({
        min: Math.max(Math.ceil(schema.minimum ?? -2), -2),
        max: Math.min(Math.floor(schema.maximum ?? 20), 20),
      })
    case 'string':
      return written && !schema.format && !schema.pattern ? written : text(schema)
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
      })
    case 'object':
      return object(schema, inner)
    default:
      return fc.constantFrom(null, true, 7, 'x')
  }
}

function text({
  format,
  pattern,
  minLength = 0,
  maxLength = 100,
}: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.constantFrom(...ids)
  if (format === 'date-time') return fc.constantFrom(...times)
  if (format === 'date') return fc.constantFrom(...times.map((time) => time.slice(0, 10)))
  if (pattern) {
    const known = fitting.filter((word) => new RegExp(pattern, 'u').test(word))
    const any = fc.stringMatching(new RegExp(pattern, 'u'))
    return known.length > 0
      ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, any)
      : any
  }
  const known = words.filter(({ length }) => length >= minLength && length <= maxLength)
  return fc.oneof(
    fc.constantFrom(...known),
    fc.string({ minLength, maxLength: Math.min(maxLength, 30) }),
  )
}

function object(
  { properties = {}, required = [], additionalProperties, propertyNames }: JsonSchema,
  inner: (schema: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  if (typeof additionalProperties === 'object' && Object.keys(properties).length === 0)
    return fc.dictionary(
      inner(propertyNames ?? { type: 'string' }) as fc.Arbitrary<string>,
      inner(additionalProperties),
      { maxKeys: 3 },
    )
  return fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([key, schema]) => [
        key,
        schema.type === 'string' && formed[key] ? formed[key] : inner(schema),
      ]),
    ),
    { requiredKeys: required },
  )
}
