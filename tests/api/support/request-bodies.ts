/** As much of JSON Schema as the API's description uses. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  minimum?: number
  minItems?: number
  required?: string[]
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
}

/** What a schema does not say: that one of several fields is needed. */
const needed: Record<string, object> = {
  NewMessage: { text: 'words' },
  SplitRequest: { fromMessageId: '00000000-0000-4000-8000-000000000000' },
  PurchaseSubmission: { revision: 1 },
  NewPurchase: { currency: 'EUR' },
  PurchaseReceipt: { lines: [{ lineId: '00000000-0000-4000-8000-000000000000', quantity: '1' }] },
}

/**
 * The smallest body that the schema of a request takes.
 * @param schemas the description's components.
 * @param known values of fields by name, wherever they are.
 */
export function bodyFor(
  schema: JsonSchema,
  schemas: Record<string, JsonSchema>,
  known: Record<string, unknown> = {},
): unknown {
  const make = (one: JsonSchema, name: string): unknown => {
    if (one.$ref) {
      const referred = one.$ref.split('/').at(-1) ?? ''
      const made = make(schemas[referred] ?? {}, name)
      const more = needed[referred.replace(/Input$/, '')]
      return more ? { ...(made as object), ...more } : made
    }
    if (name in known) return known[name]
    if (one.const !== undefined) return one.const
    if (one.enum) return one.enum[0]
    const choice = one.anyOf?.[0] ?? one.oneOf?.[0]
    if (choice) return make(choice, name)
    if (one.allOf)
      return Object.assign({}, ...one.allOf.map((part) => make(part, name) as object)) as unknown
    switch (Array.isArray(one.type) ? one.type[0] : one.type) {
      case 'object':
        return Object.fromEntries(
          (one.required ?? []).map((field) => [field, make(one.properties?.[field] ?? {}, field)]),
        )
      case 'array':
        return Array.from({ length: one.minItems ?? 0 }, () => make(one.items ?? {}, name))
      case 'string':
        return textFor(one)
      case 'integer':
      case 'number':
        return Math.max(1, one.minimum ?? 1)
      case 'boolean':
        return true
      default:
        return null
    }
  }
  return make(schema, '')
}

function textFor({ format, pattern = '' }: JsonSchema): string {
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000'
  if (format === 'date-time') return '2030-01-01T00:00:00Z'
  if (format === 'date') return '2030-01-01'
  if (/@/.test(pattern)) return 'somebody@example.com'
  if (/\\d|0-9/.test(pattern)) return '1'
  return /A-Z/.test(pattern) ? 'EUR' : 'words'
}
