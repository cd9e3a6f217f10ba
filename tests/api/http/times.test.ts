import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openApiDocument } from '../../../api/openapi.ts'
import type { Problem } from '../../../domain/contract.ts'
import { ApiDesk } from '../support/api-desk.ts'
import { type DescribedOperation, everyOperation } from '../support/described-operations.ts'
import type { JsonSchema } from '../support/request-bodies.ts'

type Schemas = Record<string, JsonSchema>
interface Described {
  operationId: string
  parameters?: { name: string; in: string; schema?: JsonSchema }[]
  requestBody?: { content: Record<string, { schema?: JsonSchema }> }
}

/** A moment or a day in a year that no calendar, or no database, has. */
const outside = (format: string): string[] =>
  format === 'date' ? ['0000-01-01'] : ['0000-01-01T00:00:00Z', '0000-12-31T23:59:59.999Z']

describe('a time in a year that there is none of', () => {
  let desk: ApiDesk
  let operations: DescribedOperation[]
  let described: Map<string, Described>
  let schemas: Schemas

  before(async () => {
    desk = await ApiDesk.open()
    operations = await everyOperation()
    const document = (await openApiDocument()) as {
      paths: Record<string, Record<string, Described>>
      components: { schemas: Schemas }
    }
    schemas = document.components.schemas
    described = new Map(
      Object.values(document.paths)
        .flatMap((methods) => Object.values(methods))
        .map((one) => [one.operationId, one]),
    )
  })
  after(() => desk?.close())

  /** The fields of an object, of its own or of one of several forms, that hold a day or a moment. */
  function timesOf(schema: JsonSchema | undefined): [name: string, format: string][] {
    if (!schema) return []
    if (schema.$ref) return timesOf(schemas[schema.$ref.split('/').at(-1) ?? ''])
    const own = Object.entries(schema.properties ?? {}).flatMap(
      ([name, field]): [string, string][] => {
        const format = formatOf(field)
        return format ? [[name, format]] : []
      },
    )
    return [
      ...own,
      ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(
        timesOf,
      ),
    ]
  }
  const formatOf = (field: JsonSchema): string | undefined =>
    [field, ...(field.anyOf ?? [])]
      .map(({ format }) => format)
      .find((format) => format === 'date' || format === 'date-time')

  it('is refused by the name of its field, in every body', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { operationId, method, path, body } of operations) {
      const schema = described.get(operationId)?.requestBody?.content['application/json']?.schema
      for (const [name, format] of timesOf(schema))
        for (const time of outside(format)) {
          asked++
          const answer = await desk.admin.client.request<Problem>(method, path, {
            ...(body as object),
            [name]: time,
          })
          if (
            answer.status !== 400 ||
            !answer.body.errors?.some(({ pointer }) => pointer === `/${name}`)
          )
            wrong.push(`${operationId} ${name}: ${answer.status} ${JSON.stringify(answer.body)}`)
        }
    }
    assert.ok(asked > 15, String(asked))
    assert.deepEqual(wrong, [])
  })

  it('is refused by the name of its parameter, in every query', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { operationId, method, path, query } of operations)
      for (const { name, in: place, schema = {} } of described.get(operationId)?.parameters ?? []) {
        const format = place === 'query' ? formatOf(schema) : undefined
        if (!format) continue
        asked++
        const asking = new URLSearchParams([
          ...query.filter(([other]) => other !== name),
          [name, outside(format)[0]!],
        ])
        const answer = await desk.admin.client.request<Problem>(
          method,
          `${path}?${asking.toString()}`,
        )
        if (
          answer.status !== 400 ||
          !answer.body.errors?.some(({ pointer }) => pointer === `/query/${name}`)
        )
          wrong.push(`${operationId} ${name}: ${answer.status} ${JSON.stringify(answer.body)}`)
      }
    assert.ok(asked > 10, String(asked))
    assert.deepEqual(wrong, [])
  })
})
