import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import type { HealthMonitor } from '../../application/health/monitor.ts'
import { ListenConnection } from '../../platform/postgres/listen-connection.ts'
import { buildApp } from '../../api/app.ts'
import { areas } from '../../api/areas.ts'
import { type JsonSchema, SCHEMA_REF } from '../../api/http/openapi/json-schema.ts'
import { openApiDocument } from '../../api/openapi.ts'
import type { Workflows } from '../../api/temporal/workflows.ts'
import { databaseBlobs } from '../../platform/postgres/blobs.ts'
import { openDatabase } from '../../platform/postgres/database.ts'
import { lintDescription } from '../../scripts/openapi-lint.mjs'
import { onlyKey } from '../../platform/secrets/secret-keys.ts'

interface Media {
  schema: unknown
  example?: unknown
}
interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  security?: unknown[]
  requestBody?: { content: Record<string, Media> }
  parameters?: {
    $ref?: string
    name: string
    in: string
    description?: string
    required?: boolean
    schema?: JsonSchema
  }[]
  responses: Record<string, { $ref?: string; description: string; content?: Record<string, Media> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> }
}

describe('the description of the API', () => {
  let document: Document
  let routes: string[]
  const db = openDatabase('postgresql:///none')

  before(async () => {
    document = (await openApiDocument()) as Document
    const log = pino({ enabled: false })
    const app = await buildApp({
      db,
      blobs: databaseBlobs(db),
      workflows: {} as Workflows,
      health: {} as HealthMonitor,
      listening: new ListenConnection(db.pool, [], log),
      log,
      settings: {
        publicUrl: 'http://localhost',
        secretKeys: onlyKey(Buffer.alloc(32)),
        defaultFrom: 'a@b',
        workflowPages: null,
        webFolder: null,
      },
    })
    await app.ready()
    routes = routesOf(app.printRoutes({ commonPrefix: false }))
    await app.close()
  })
  after(() => db?.close())

  const operations = (): [name: string, operation: Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    )

  it('is made without a database, without Temporal and without network', () => {
    assert.equal(document.openapi, '3.1.0')
    assert.equal(db.pool.totalCount, 0)
  })

  it('holds every address of DESIGN.md that this version has', () => {
    const names = new Set(operations().map(([name]) => name))
    const fixed = [
      'POST /session',
      'DELETE /session',
      'GET /me',
      'POST /tokens',
      'GET /departments',
      'POST /departments',
      'GET /mailboxes',
      'POST /mailboxes',
      'GET /mailboxes/{id}',
      'PATCH /mailboxes/{id}',
      'DELETE /mailboxes/{id}',
      'POST /mailboxes/{id}/test',
      'GET /departments/{id}/sender',
      'PUT /departments/{id}/sender',
      'POST /departments/{id}/sender/test',
      'GET /tickets',
      'POST /tickets',
      'GET /tickets/{number}',
      'PATCH /tickets/{number}',
      'POST /tickets/bulk',
      'GET /tickets/{number}/messages',
      'POST /tickets/{number}/messages',
      'GET /tickets/{number}/notes',
      'POST /tickets/{number}/notes',
      'GET /tickets/{number}/links',
      'POST /tickets/{number}/links',
      'GET /tickets/{number}/watchers',
      'POST /tickets/{number}/watchers',
      'GET /tickets/{number}/events',
      'POST /attachments',
      'GET /attachments/{id}',
      'GET /messages/{id}/source',
      'GET /quarantine',
      'POST /quarantine/{id}/retry',
      'GET /outbox',
      'GET /stream',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
    ]
    for (const name of fixed) assert.ok(names.has(name.replace(' ', ' /api/v1')), name)
  })

  it('holds every route that the server has', () => {
    const described = new Set(operations().map(([name]) => name))
    for (const route of routes.filter((r) => !r.includes('/openapi.json')))
      assert.ok(described.has(route), route)
    assert.ok(routes.length > 30)
  })

  it('says of each parameter what it is', () => {
    const silent = operations().flatMap(([name, { parameters = [] }]) =>
      parameters
        .filter(({ $ref, description = '' }) => $ref === undefined && !/\w.*\.$/.test(description))
        .map((one) => `${name} ${one.name}`),
    )
    assert.deepEqual(silent, [])
  })

  it('says of each operation what its name does not, and who may ask it', () => {
    const silent = operations().flatMap(([name, { description = '' }]) => {
      const parts = description.split('\n\n')
      const isWhole = parts.every((part) => /^[A-Z`].*[.!]$/s.test(part))
      return parts.length >= 2 && isWhole ? [] : [`${name}: ${description}`]
    })
    assert.deepEqual(silent, [])
  })

  it('lets nobody choose an id: an Idempotency-Key says which requests are one', () => {
    const choosing = operations().flatMap(([name, { requestBody }]) => {
      const { $ref = '' } = (requestBody?.content['application/json']?.schema ?? {}) as JsonSchema
      const schema = document.components.schemas[$ref.slice(SCHEMA_REF.length)]
      return name.startsWith('POST') && schema?.properties?.['id'] ? [name] : []
    })
    assert.deepEqual(choosing, [])
  })

  it('says of each what it is for, what it takes and what it answers', () => {
    for (const [name, { summary, tags, responses, parameters = [], requestBody }] of operations()) {
      assert.ok(summary && tags?.length, name)
      assert.ok(
        Object.keys(responses).some((status) => /^20\d$/.test(status)),
        name,
      )
      for (const [, param] of name.matchAll(/\{(\w+)\}/g))
        assert.ok(
          parameters.some((p) => p.in === 'path' && p.name === param && p.required),
          `${name} {${param}}`,
        )
      if (/^(PUT|PATCH) /.test(name)) assert.ok(requestBody, name)
      if (!/healthz|readyz|metrics|stream/.test(name))
        assert.ok(responses['4XX']?.$ref, `${name} answers problems`)
    }
  })

  it('has nothing that a linter finds wrong or doubtful', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-openapi-'))
    try {
      assert.equal(await lintDescription(document, folder), '')
    } finally {
      fs.rmSync(folder, { recursive: true })
    }
  })

  it('has a name for every operation, and groups them by area', () => {
    const ids = operations().map(([name, { operationId = '' }]) => {
      assert.match(operationId, /^[a-z]+(?:[A-Z][a-z]+)*$/, name)
      return operationId
    })
    assert.equal(new Set(ids).size, ids.length)
    const tags = new Set([...areas.map(({ tag }) => tag), 'Operation'])
    for (const [name, operation] of operations()) {
      assert.equal(operation.tags?.length, 1, name)
      assert.ok(tags.has(operation.tags[0]!), `${name}: ${operation.tags[0]}`)
    }
  })

  it('shows an example of every body and of every answer that is not just bytes', () => {
    for (const [name, { requestBody, responses }] of operations()) {
      const answers = Object.entries(responses).filter(([status]) => /^20\d$/.test(status))
      const media = [requestBody, ...answers.map(([, answer]) => answer)].flatMap((one) =>
        Object.entries(one?.content ?? {}),
      )
      for (const [type, { example }] of media)
        if (!/^(application\/octet-stream|multipart\/form-data)$/.test(type))
          assert.notEqual(example, undefined, `${name} ${type}`)
    }
  })

  it('says that every POST takes an Idempotency-Key', () => {
    for (const [name, { parameters = [] }] of operations())
      assert.equal(
        parameters.some((one) => one.$ref === '#/components/parameters/Idempotency-Key'),
        name.startsWith('POST '),
        name,
      )
  })

  it('refers to nothing that is not there, and holds nothing that is not referred to', () => {
    const text = JSON.stringify(document)
    const referred = new Set(
      [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!),
    )
    assert.deepEqual([...referred].sort(), Object.keys(document.components.schemas).sort())
  })

  it('takes no whole number that a column cannot hold', () => {
    const whole = new Map<string, JsonSchema>()
    for (const [name, { parameters = [], requestBody }] of operations()) {
      for (const one of parameters) collectWhole(one.schema, `${name} ${one.name}`, whole)
      for (const { schema } of Object.values(requestBody?.content ?? {}))
        collectWhole(schema as JsonSchema, name, whole)
    }
    assert.ok(whole.size > 20)
    const unbounded = [...whole].filter(
      ([, { maximum = Infinity, minimum = -Infinity }]) => maximum > 2 ** 31 - 1 || minimum < 0,
    )
    assert.deepEqual(unbounded, [])
  })

  /** Every whole number in a schema, by the place where it is taken. */
  function collectWhole(
    schema: JsonSchema | undefined,
    place: string,
    found: Map<string, JsonSchema>,
    within: readonly string[] = [],
  ): void {
    if (schema?.$ref !== undefined) {
      const name = schema.$ref.slice(SCHEMA_REF.length)
      if (!within.includes(name))
        collectWhole(document.components.schemas[name], place, found, [...within, name])
      return
    }
    if (schema === undefined) return
    if ([schema.type].flat().includes('integer')) found.set(place, schema)
    const {
      properties = {},
      items,
      additionalProperties,
      anyOf = [],
      oneOf = [],
      allOf = [],
    } = schema
    for (const [name, one] of Object.entries(properties))
      collectWhole(one, `${place}/${name}`, found, within)
    for (const one of [items, additionalProperties, ...anyOf, ...oneOf, ...allOf])
      if (typeof one === 'object') collectWhole(one, `${place}/*`, found, within)
  }

  it('asks for a session or a token everywhere but where one gets in', () => {
    const open = operations()
      .filter(([, operation]) => operation.security?.length === 0)
      .map(([name]) => name.replace('/api/v1', ''))
      .sort()
    assert.deepEqual(open, [
      'GET /approval-links/{token}',
      'GET /approval-links/{token}/end',
      'GET /approval-links/{token}/people',
      'GET /confirmation-links/{token}',
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
      'GET /setup/{token}',
      'POST /approval-links/{token}/decision',
      'POST /approval-links/{token}/delegation',
      'POST /confirmation-links/{token}',
      'POST /session',
      'POST /setup/{token}',
    ])
  })

  it('never shows a field that could hold a secret in an answer', () => {
    const secret = /password|secret|token|privateKey|refresh|hash|sealed/i
    const allowed = new Set(['token', 'hasPassword'])
    const answered = JSON.stringify(operations().map(([, { responses }]) => responses))
    const queue = [answered]
    const seen = new Set<string>()
    for (const text of queue) {
      for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
        if (!seen.has(name) && seen.add(name))
          queue.push(JSON.stringify(document.components.schemas[name]))
      for (const [, properties = ''] of text.matchAll(
        /"properties":\{("(?:[^{}]|\{[^{}]*\})*)\}/g,
      )) {
        for (const [, field = ''] of properties.matchAll(/"(\w+)":\{/g))
          assert.ok(!secret.test(field) || allowed.has(field), field)
      }
    }
  })
})

/**
 * The router prints a tree; a line's depth says under which lines it stands.
 * @returns `GET /api/v1/tickets/{number}` and so on.
 */
function routesOf(tree: string): string[] {
  const above: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', path = '', methods = ''] =
      /^([\s│├└─]*)(\S+) \(([^)]*)\)$/.exec(line) ?? []
    const depth = Math.max(indent.length / 4 - 1, 0)
    above[depth] = path
    const whole = above
      .slice(0, depth + 1)
      .join('')
      .replace(/:(\w+)/g, '{$1}')
    return whole.startsWith('/api/v1/')
      ? methods
          .split(', ')
          .filter((m) => m !== 'HEAD')
          .map((method) => `${method} ${whole}`)
      : []
  })
}
