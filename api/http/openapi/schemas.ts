import { type JsonSchema, type OpenApi, type Paths, SCHEMA_REF } from './json-schema.ts'

/**
 * The schema library describes each named schema twice, as it is taken in (`…Input`) and as it is
 * given out. Left are those that are used, and one that is only taken in has its plain name.
 */
export function withUsedSchemas(document: OpenApi): OpenApi {
  const { schemas } = document.components
  const used = reachable(document.paths, schemas)
  const plain = (name: string): string =>
    name.endsWith('Input') && !used.has(name.slice(0, -5)) ? name.slice(0, -5) : name
  const kept = Object.entries(schemas)
    .filter(([name]) => used.has(name))
    .map(([name, schema]): [string, JsonSchema] => [plain(name), schema])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify({
    ...document,
    components: { ...document.components, schemas: Object.fromEntries(kept) },
  })
  return JSON.parse(
    text.replace(
      /"#\/components\/schemas\/([^"]+)"/g,
      (_all, name: string) => `"${SCHEMA_REF}${plain(name)}"`,
    ),
  ) as OpenApi
}

/** @returns the names of the schemas that the paths lead to. */
function reachable(paths: Paths, schemas: Record<string, JsonSchema>): Set<string> {
  const found = new Set<string>()
  const queue = [JSON.stringify(paths)]
  for (const text of queue) {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      queue.push(JSON.stringify(schemas[name] ?? {}))
    }
  }
  return found
}

/** Formats that say all that zod's pattern for them says. */
const spoken = new Set(['uuid', 'date', 'date-time', 'email'])
const UNBOUNDED = Number.MAX_SAFE_INTEGER

/**
 * Says what zod says in the words that generators and linters know: no field but those that are
 * named, records of known keys as objects, no bound that only means "an integer".
 */
export function plainSchema(schema: JsonSchema): JsonSchema {
  const { pattern, minimum, maximum, ...rest } = withNamedKeys(schema)
  return {
    ...rest,
    ...(pattern === undefined || spoken.has(rest.format ?? '') ? {} : { pattern }),
    ...(minimum === undefined || minimum === -UNBOUNDED ? {} : { minimum }),
    ...(maximum === undefined || maximum === UNBOUNDED ? {} : { maximum }),
    ...(rest.properties
      ? {
          properties: each(rest.properties),
          additionalProperties: rest.additionalProperties ?? false,
        }
      : {}),
    ...(typeof rest.additionalProperties === 'object'
      ? { additionalProperties: plainSchema(rest.additionalProperties) }
      : {}),
    ...(rest.items ? { items: plainSchema(rest.items) } : {}),
    ...(rest.anyOf ? { anyOf: rest.anyOf.map(plainSchema) } : {}),
    ...(rest.oneOf ? { oneOf: rest.oneOf.map(plainSchema) } : {}),
    ...(rest.allOf ? { allOf: rest.allOf.map(plainSchema) } : {}),
  }
}

const each = (schemas: Record<string, JsonSchema>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, plainSchema(one)]))

/** A record whose keys are an enumeration is an object with these properties. */
function withNamedKeys(schema: JsonSchema): JsonSchema {
  const { propertyNames, additionalProperties, ...rest } = schema
  const keys = propertyNames?.enum
  if (!keys || typeof additionalProperties !== 'object') return schema
  return {
    ...rest,
    properties: Object.fromEntries(keys.map((key) => [String(key), additionalProperties])),
    additionalProperties: false,
  }
}
