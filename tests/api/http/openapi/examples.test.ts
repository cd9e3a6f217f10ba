import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { SCHEMA_REF } from '../../../../api/http/openapi/json-schema.ts'
import { openApiDocument } from '../../../../api/openapi.ts'
import { ticketEvents } from '../../../../domain/tickets/events.ts'
import { ApiDesk } from '../../support/api-desk.ts'

interface Media {
  schema?: object
  example?: unknown
}
interface Answer {
  $ref?: string
  content?: Record<string, Media>
}
interface Operation {
  operationId: string
  parameters?: { name: string; schema?: object; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Answer>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; responses: Record<string, Answer> }
}
/** An example, where it stands, and what it is an example of. */
interface Example {
  place: string
  schema: object | undefined
  example: unknown
}

describe('the examples of the API’s description', () => {
  let document: Document
  let operations: Operation[]
  let examples: Example[]

  before(async () => {
    document = (await openApiDocument()) as Document
    operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    examples = [
      ...operations.flatMap(ofOperation),
      ...Object.entries(document.components.responses).flatMap(([name, answer]) =>
        ofMedia(`components ${name}`, answer.content),
      ),
    ]
    assert.ok(examples.length > 500)
  })

  const ofMedia = (place: string, content: Record<string, Media> = {}): Example[] =>
    Object.entries(content).flatMap(([type, { schema, example }]) =>
      example === undefined ? [] : [{ place: `${place} ${type}`, schema, example }],
    )
  const ofOperation = ({ operationId, parameters = [], requestBody, responses }: Operation) => [
    ...parameters.flatMap(({ name, schema, example }) =>
      example === undefined ? [] : [{ place: `${operationId} ?${name}`, schema, example }],
    ),
    ...ofMedia(`${operationId} takes`, requestBody?.content),
    ...Object.entries(responses).flatMap(([status, { content }]) =>
      ofMedia(`${operationId} ${status}`, content),
    ),
  ]
  const exampleOf = (id: string, status: string, type = 'application/json'): unknown =>
    operations.find(({ operationId }) => operationId === id)?.responses[status]?.content?.[type]
      ?.example

  /** Texts in it with the field that holds each. */
  function* textsIn(value: unknown, place: string): Generator<[place: string, text: string]> {
    if (typeof value === 'string') yield [place, value]
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) yield* textsIn(one, `${place}/${name}`)
  }

  it('fit their schemas', () => {
    const wrong: string[] = []
    for (const { place, schema = {}, example } of examples) {
      const { error } = standalone(schema).safeParse(example)
      if (error) wrong.push(`${place}: ${z.prettifyError(error)}`)
    }
    assert.deepEqual(wrong, [])
  })

  /** The schema with all that it refers to, as another program would validate by it. */
  function standalone(schema: object): z.ZodType {
    const whole = JSON.stringify({ ...schema, $defs: document.components.schemas })
    return z.fromJSONSchema(
      JSON.parse(whole.replaceAll(SCHEMA_REF, '#/$defs/')) as z.core.JSONSchema.JSONSchema,
    )
  }

  it('hold nothing that only fills a place', () => {
    const filler = /^(text|string|example|lorem.*|foo|bar|todo|x+)$/i
    const found = examples.flatMap(({ place, example }) =>
      [...textsIn(example, place)].filter(([, text]) => filler.test(text)).map(([where]) => where),
    )
    assert.deepEqual(found, [])
  })

  it('name people where there are people, and things where there are things', () => {
    const people = new Set(['Anna Weber', 'Ida Marsh', 'Paula Berg', 'Tom Ames', 'Tom Ray'])
    const personal = /(owner|requester|assignee|author|deputy|actor|requestedBy|askedBy)\/name$/
    const things =
      /(department|category|calendar|location|check|asset|document|level)s?(\/\d+)?\/name$/
    let seen = 0
    for (const { place, example } of examples)
      for (const [where, text] of textsIn(example, place)) {
        if (personal.test(where)) assert.ok(people.has(text), `${where}: ${text}`)
        else if (things.test(where)) assert.ok(!people.has(text), `${where}: ${text}`)
        else continue
        seen += 1
      }
    assert.equal(seen > 100, true, `${seen} names`)
    for (const [id, name] of [
      ['listDepartments', 'IT'],
      ['listCategories', 'Hardware'],
      ['listTemplates', 'We are looking into it'],
      ['listUsers', 'Ida Marsh'],
    ] as const)
      assert.equal((exampleOf(id, '200') as { items: { name: string }[] }).items[0]?.name, name)
  })

  it('say of each answer what it says', () => {
    assert.equal((exampleOf('getReadiness', '200') as { ready: boolean }).ready, true)
    assert.equal((exampleOf('getReadiness', '503') as { ready: boolean }).ready, false)
    const statuses = Object.entries(document.components.responses).flatMap(([name, answer]) => {
      const { example } = answer.content?.['application/problem+json'] ?? {}
      return example ? [[name, (example as { status: number }).status]] : []
    })
    assert.deepEqual(Object.fromEntries(statuses), {
      Malformed: 400,
      NotSignedIn: 401,
      NotAllowed: 403,
      NotFound: 404,
      Conflict: 409,
      CannotBeDone: 422,
      Refused: 406,
      Unavailable: 503,
    })
    const { items } = exampleOf('listEvents', '200') as { items: { type: string; data: object }[] }
    assert.equal(items[0]?.type, 'statusChanged')
    assert.ok(ticketEvents.statusChanged.strict().safeParse(items[0].data).success)
  })

  describe('of tables', () => {
    let desk: ApiDesk

    before(async () => {
      desk = await ApiDesk.open()
    })
    after(() => desk?.close())

    it('have the columns that the tables have', async () => {
      const tables = Object.entries(document.paths).filter(([path]) => path.endsWith('.csv'))
      assert.equal(tables.length, 8)
      for (const [path, { get }] of tables) {
        const query = path.includes('/reports/') ? '?from=2026-01-01&to=2026-01-31&by=month' : ''
        const { body } = await desk.admin.client.request<string>('GET', `${path}${query}`)
        const example = exampleOf(get!.operationId, '200', 'text/csv') as string
        assert.equal(headOf(example), headOf(body), path)
        assert.ok(example.split('\r\n').length > 2, path)
      }
    })

    const headOf = (table: string): string => table.replace(/^\uFEFF/, '').split('\r\n')[0] ?? ''
  })
})
