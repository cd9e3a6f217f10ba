import { exampleOfField } from './example-values.ts'
import {
  type JsonSchema,
  type MediaType,
  type OpenApi,
  type Operation,
  operationsOf,
  type Parameter,
  type Response,
  SCHEMA_REF,
} from './json-schema.ts'

/** What is not JSON, by its type. */
const texts: Record<string, string> = {
  'text/csv': 'worked_at,person,minutes\r\n2026-01-31T09:30:00Z,Ida Marsh,15\r\n',
  'text/plain': '# TYPE guichet_tickets gauge\nguichet_tickets{status="open"} 12\n',
  'text/event-stream': 'event: hello\ndata: {}\n\n',
  'message/rfc822': 'From: anna@client.example\r\nSubject: The printer jams\r\n\r\nIt jams.\r\n',
}

/**
 * Gives an example to every parameter, body and answer. They are put together from the schemas and
 * from words for fields, so that none can be wrong or forgotten; a schema with an example of its own
 * has that.
 */
export function withExamples(document: OpenApi): OpenApi {
  const { schemas } = document.components
  const maker = new ExampleMaker(schemas)
  for (const [, , operation] of operationsOf(document.paths)) addTo(operation, maker)
  for (const response of Object.values(document.components['responses'] ?? {}))
    for (const media of Object.values((response as Response).content ?? {}))
      add(media, maker, 'output')
  return document
}

function addTo(operation: Operation, maker: ExampleMaker): void {
  for (const parameter of (operation.parameters ?? []) as Parameter[])
    if ('in' in parameter && (parameter.in === 'path' || parameter.required))
      parameter.example = maker.of(parameter.schema, parameter.name, 'input')
  for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
    if (type === 'application/json') add(media, maker, 'input')
  for (const { content = {} } of Object.values(operation.responses))
    for (const [type, media] of Object.entries(content))
      if (/json$/.test(type)) add(media, maker, 'output')
      else if (texts[type] !== undefined) media.example = texts[type]
}

function add(media: MediaType, maker: ExampleMaker, way: Way): void {
  if (media.schema) media.example = maker.of(media.schema, '', way)
}

/** A body shows what is needed, an answer all that it has. */
type Way = 'input' | 'output'
/** Deeper than any schema without a circle. */
const DEEPEST = 8

class ExampleMaker {
  constructor(private readonly schemas: Record<string, JsonSchema>) {}

  /** @param name of the field that has this schema. */
  of(schema: JsonSchema, name: string, way: Way, depth = 0): unknown {
    const target = this.#resolved(schema)
    if (target.examples?.length) return target.examples[0]
    const known = exampleOfField(name, target)
    if (known !== undefined) return known
    if (target.const !== undefined) return target.const
    if (target.enum) return target.enum[0]
    const choices = target.anyOf ?? target.oneOf
    if (choices) {
      const isNull = (one: JsonSchema) => one.type === 'null'
      const choice = choices.find((one) => !isNull(one)) ?? {}
      return depth > DEEPEST && choices.some(isNull) ? null : this.of(choice, name, way, depth + 1)
    }
    if (target.allOf)
      return Object.assign(
        {},
        ...target.allOf.map((one) => this.of(one, name, way, depth)),
      ) as unknown
    if (target.default !== undefined && way === 'input') return target.default
    return this.#byType(target, name, way, depth)
  }

  #byType(schema: JsonSchema, name: string, way: Way, depth: number): unknown {
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case 'object':
        return this.#object(schema, way, depth)
      case 'array':
        if (depth > DEEPEST && !schema.minItems) return []
        return [this.of(schema.items ?? {}, singular(name), way, depth + 1)]
      case 'integer':
      case 'number':
        return (
          schema.minimum ??
          (schema.exclusiveMinimum === undefined ? 0 : schema.exclusiveMinimum + 1)
        )
      case 'boolean':
        return true
      case 'null':
        return null
      default:
        return 'Text'
    }
  }

  #object({ properties = {}, required = [] }: JsonSchema, way: Way, depth: number): unknown {
    const names = Object.keys(properties)
    const shown = way === 'output' || required.length === 0 ? names : required
    const few = way === 'input' && required.length === 0 ? shown.slice(0, 1) : shown
    return Object.fromEntries(
      few.map((name) => [name, this.of(properties[name] ?? {}, name, way, depth + 1)]),
    )
  }

  #resolved(schema: JsonSchema): JsonSchema {
    if (schema.$ref === undefined) return schema
    return this.schemas[schema.$ref.slice(SCHEMA_REF.length)] ?? {}
  }
}

/** `tags` holds what `tag` names. */
const singular = (name: string): string =>
  name === 'addresses' || name === 'aliases'
    ? 'address'
    : name.replace(/Ids$/, 'Id').replace(/(?<=[a-z])s$/, '')
