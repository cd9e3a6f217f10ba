import { exampleOfField, FILLER } from './example-values.ts'
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

/** What is not JSON, by its type; a table says itself what it holds. */
const texts: Record<string, string> = {
  'text/plain': '# TYPE guichet_tickets gauge\nguichet_tickets{status="open"} 12\n',
  'text/event-stream': 'event: hello\ndata: {}\n\n',
  'message/rfc822': 'From: anna@client.example\r\nSubject: The printer jams\r\n\r\nIt jams.\r\n',
}

/**
 * Gives an example to every parameter, body and answer. They are put together from the schemas and
 * from what fields hold, so that none can be wrong or forgotten; a schema or an answer with an
 * example of its own has that.
 */
export function withExamples(document: OpenApi): OpenApi {
  const { schemas } = document.components
  const maker = new ExampleMaker(schemas)
  for (const [, path, operation] of operationsOf(document.paths)) addTo(path, operation, maker)
  for (const response of Object.values(document.components['responses'] ?? {}))
    for (const media of Object.values((response as Response).content ?? {}))
      add(media, maker, 'output')
  return document
}

function addTo(path: string, operation: Operation, maker: ExampleMaker): void {
  for (const parameter of (operation.parameters ?? []) as Parameter[])
    if ('in' in parameter && (parameter.in === 'path' || parameter.required))
      parameter.example = maker.of(parameter.schema, {
        owner: namedBefore(path, parameter.name),
        name: parameter.name,
        way: 'input',
      })
  for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
    if (type === 'application/json') add(media, maker, 'input')
  for (const { content = {} } of Object.values(operation.responses))
    for (const [type, media] of Object.entries(content))
      if (/json$/.test(type)) add(media, maker, 'output')
      else if (texts[type] !== undefined) media.example ??= texts[type]
}

function add(media: MediaType, maker: ExampleMaker, way: Way): void {
  if (media.schema) media.example ??= maker.of(media.schema, { owner: '', name: '', way })
}

/** @returns what a parameter of a path names: of `/service-levels/{id}` a ServiceLevel. */
function namedBefore(path: string, parameter: string): string {
  const [, part = ''] = new RegExp(`([^/]+)/\\{${parameter}\\}`).exec(path) ?? []
  return singular(part)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** A body shows what is needed, an answer all that it has. */
type Way = 'input' | 'output'
/** Deeper than any schema without a circle. */
const DEEPEST = 8

/** Where a value stands. */
interface Place {
  /** The schema, or the field, that has the field. */
  owner: string
  /** Of the field; empty for a whole body. */
  name: string
  way: Way
  depth?: number
}

class ExampleMaker {
  constructor(private readonly schemas: Record<string, JsonSchema>) {}

  of(schema: JsonSchema, place: Place): unknown {
    const target = this.#resolved(schema)
    const { name, way, depth = 0 } = place
    if (target.examples?.length) return target.examples[0]
    const known = exampleOfField(place.owner, name, target)
    if (known !== undefined) return known
    if (target.const !== undefined) return target.const
    if (target.enum) return target.enum[0]
    const choices = target.anyOf ?? target.oneOf
    if (choices) {
      const isNull = (one: JsonSchema) => one.type === 'null'
      const choice = choices.find((one) => !isNull(one)) ?? {}
      return depth > DEEPEST && choices.some(isNull)
        ? null
        : this.of(choice, { ...place, depth: depth + 1 })
    }
    if (target.allOf)
      return Object.assign({}, ...target.allOf.map((one) => this.of(one, place))) as unknown
    if (target.default !== undefined && way === 'input') return target.default
    return this.#byType(target, { ...place, name: nameOf(schema) ?? name })
  }

  #byType(schema: JsonSchema, place: Place): unknown {
    const { depth = 0, name } = place
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case 'object':
        return this.#object(schema, place)
      case 'array':
        if (depth > DEEPEST && !schema.minItems) return []
        return [this.of(schema.items ?? {}, { ...place, name: singular(name), depth: depth + 1 })]
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
        return FILLER
    }
  }

  /** @param place its name is that of the schema, where it has one. */
  #object({ properties = {}, required = [] }: JsonSchema, { name: owner, way, depth = 0 }: Place) {
    const names = Object.keys(properties)
    const shown = way === 'output' || required.length === 0 ? names : required
    const few = way === 'input' && required.length === 0 ? shown.slice(0, 1) : shown
    return Object.fromEntries(
      few.map((name) => [
        name,
        this.of(properties[name] ?? {}, { owner, name, way, depth: depth + 1 }),
      ]),
    )
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const name = nameOf(schema)
    return name === undefined ? schema : (this.schemas[name] ?? {})
  }
}

const nameOf = ({ $ref }: JsonSchema): string | undefined => $ref?.slice(SCHEMA_REF.length)

/** `tags` holds what `tag` names. */
const singular = (name: string): string =>
  name === 'aliases'
    ? 'address'
    : name
        .replace(/Ids$/, 'Id')
        .replace(/ies$/, 'y')
        .replace(/sses$/, 'ss')
        .replace(/(?<=[a-rt-z])s$/, '')
