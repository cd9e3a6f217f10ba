import assert from 'node:assert/strict'
import http from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { strict } from '../../../api/http/strict-request.ts'
import type { Problem } from '../../../domain/contract.ts'
import type { Answer } from '../../harness/api-client.ts'
import { ApiDesk } from '../support/api-desk.ts'
import { type DescribedOperation, everyOperation } from '../support/described-operations.ts'
import { assertProblem } from '../support/problems.ts'

describe('a request with something that is not described', () => {
  let desk: ApiDesk
  let operations: DescribedOperation[]
  let authorization: string

  before(async () => {
    desk = await ApiDesk.open()
    operations = await everyOperation()
    const { token } = await desk.admin.client.post<{ token: string }>('/tokens', { name: 'test' })
    authorization = `Bearer ${token}`
  })
  after(() => desk?.close())

  /** Where one of several parameters is needed, which a description cannot say. */
  const needs: Record<string, [string, string][]> = { getTicketAsOf: [['version', '1']] }

  const asked = ({ method, path, body }: DescribedOperation, query = '', more = {}) =>
    desk.admin.client.request(
      method,
      `${path}${query}`,
      body === undefined && Object.keys(more).length === 0
        ? undefined
        : { ...(body as object), ...more },
    )

  it('is refused by the name of the query parameter, whatever it asks', async () => {
    assert.ok(operations.length > 200)
    const wrong: string[] = []
    for (const operation of operations) {
      const needed = needs[operation.operationId] ?? operation.query
      const query = `?${new URLSearchParams([...needed, ['colour', 'red']]).toString()}`
      const problem = assertProblem(await asked(operation, query), 400, 'request-invalid')
      if (!namesOnly(problem, '/query/colour'))
        wrong.push(`${operation.operationId}: ${JSON.stringify(problem.errors)}`)
    }
    assert.deepEqual(wrong, [])
  })

  it('is refused by the name of the query parameter, by probes and the description as well', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/openapi.json']) {
      const answer = await desk.client().request('GET', `${path}?colour=red&size=2`)
      const { errors } = assertProblem(answer, 400, 'request-invalid')
      assert.deepEqual(
        errors?.map(({ pointer }) => pointer),
        ['/query/colour', '/query/size'],
        path,
      )
    }
  })

  it('is refused by the name of the field, whatever it does', async () => {
    const writing = operations.filter((one) => one.method !== 'GET' && !one.isUpload)
    assert.ok(writing.length > 120)
    const wrong: string[] = []
    for (const operation of writing) {
      const answer = await asked(operation, '', { colour: 'red' })
      const problem = assertProblem(answer, 400, 'request-invalid')
      if (!namesOnly(problem, '/colour'))
        wrong.push(`${operation.operationId}: ${JSON.stringify(problem.errors)}`)
    }
    assert.deepEqual(wrong, [])
  })

  /** The examples of the description are right: nothing else in the request is found wrong. */
  const namesOnly = ({ errors = [] }: Problem, pointer: string): boolean =>
    errors.length === 1 && errors[0]?.pointer === pointer && errors[0].code === 'unknown'

  it('is refused when it is a body that is not read, whatever it asks', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { operationId, method, path, query } of operations) {
      if (method !== 'GET') continue
      asked++
      const address = `${path}?${new URLSearchParams(query).toString()}`.replace(/\?$/, '')
      const problem = assertProblem(await withBody(method, address, '{"a":1}'), 400)
      if (problem.code !== 'request-invalid' || !/^GET takes no body/.test(problem.detail))
        wrong.push(`${operationId}: ${JSON.stringify(problem)}`)
    }
    assert.ok(asked > 80)
    assert.deepEqual(wrong, [])
    for (const probe of ['/healthz', '/readyz', '/metrics'])
      assertProblem(await withBody('GET', probe, '{}'), 400, 'request-invalid')
  })

  it('is refused when it is a body without a field, where none is described', async () => {
    const without = operations.filter(
      (one) => one.method !== 'GET' && !one.isUpload && one.body === undefined,
    )
    assert.ok(without.length > 30)
    const wrong: string[] = []
    for (const { operationId, method, path, query } of without)
      for (const body of ['[1]', '[]', '"red"', '7', 'false']) {
        const address = `${path}?${new URLSearchParams(query).toString()}`.replace(/\?$/, '')
        const answer = await withBody(method, address, body)
        const problem = answer.body as Problem
        if (answer.status !== 400 || !/takes no body/.test(problem.detail))
          wrong.push(`${operationId} ${body}: ${JSON.stringify(problem)}`)
      }
    assert.deepEqual(wrong, [])
  })

  it('is refused by the name of the field also when JavaScript has a meaning of its own for it', async () => {
    const writing = operations.filter((one) => one.method !== 'GET' && !one.isUpload)
    const wrong: string[] = []
    for (const { operationId, method, path, query, body } of writing)
      for (const [field, pointer] of [
        ['"__proto__":{"role":"admin"}', '/__proto__'],
        ['"constructor":{"prototype":{}}', '/constructor'],
        ['"constructor":1', '/constructor'],
        ['"toString":1', '/toString'],
      ] as const) {
        const known = JSON.stringify(body ?? {}).slice(1, -1)
        const address = `${path}?${new URLSearchParams(query).toString()}`.replace(/\?$/, '')
        const json = `{${[known, field].filter(Boolean).join(',')}}`
        const problem = assertProblem(await withBody(method, address, json), 400, 'request-invalid')
        if (!namesOnly(problem, pointer)) wrong.push(`${operationId}: ${JSON.stringify(problem)}`)
      }
    assert.deepEqual(wrong, [])
    const deep = await withBody('POST', '/departments', '{"a":[{"b/c":{"__proto__":1}}]}')
    assertProblem(deep, 400, 'request-invalid', '/a/0/b~1c/__proto__')
    assertProblem(await withBody('POST', '/departments', '{"__proto__":'), 400, 'json-malformed')
  })

  const withBody = async (method: string, path: string, body: string): Promise<Answer<unknown>> => {
    if (method === 'GET') return getWithBody(path, body)
    const response = await desk.admin.client.fetch(method, path, undefined, {
      body,
      headers: { 'content-type': 'application/json' },
    })
    const { status, headers } = response
    return { status, headers, body: JSON.parse((await response.text()) || 'null') as unknown }
  }

  /** `fetch` would not send it. */
  const getWithBody = (path: string, body: string): Promise<Answer<unknown>> =>
    new Promise((resolve, reject) => {
      const url = /^\/(healthz|readyz|metrics)/.test(path) ? path : `/api/v1${path}`
      const headers = {
        ...{ authorization, 'content-type': 'application/json' },
        'content-length': Buffer.byteLength(body),
      }
      http
        .request(`${desk.url}${url}`, { method: 'GET', headers }, (response) => {
          void text(response).then((answered) => {
            resolve({
              status: response.statusCode ?? 0,
              headers: new Headers({ 'content-type': response.headers['content-type'] ?? '' }),
              body: JSON.parse(answered || 'null') as unknown,
            })
          }, reject)
        })
        .on('error', reject)
        .end(body)
    })

  it('is told what is known', async () => {
    const problem = assertProblem(
      await desk.admin.client.request('POST', '/departments', { name: 'IT', colour: 'red' }),
      400,
      'request-invalid',
    )
    assert.deepEqual(problem.errors, [
      {
        pointer: '/colour',
        code: 'unknown',
        message: 'is not known here. Known are: name, signature, acknowledge.',
      },
    ])
  })

  it('is refused at any depth', async () => {
    assertProblem(
      await desk.admin.client.request('POST', '/mailboxes/test', {
        imap: { host: 'mail.example', hots: 'x' },
      }),
      400,
      'request-invalid',
      '/imap/hots',
    )
  })
})

describe('a strict schema', () => {
  const size = z.object({ width: z.number() })

  it('is strict within lists, defaults, unions, records, pipes and what is refined', () => {
    const wrappings: [schema: z.ZodType, value: unknown][] = [
      [z.array(size), [{ width: 1, depth: 2 }]],
      [size.optional(), { width: 1, depth: 2 }],
      [size.default({ width: 1 }), { width: 1, depth: 2 }],
      [z.union([size, z.null()]), { width: 1, depth: 2 }],
      [z.record(z.string(), size), { door: { width: 1, depth: 2 } }],
      [size.transform(({ width }) => width), { width: 1, depth: 2 }],
      [size.refine(({ width }) => width > 0), { width: 1, depth: 2 }],
    ]
    for (const [schema, value] of wrappings) {
      assert.equal(schema.safeParse(value).success, true)
      assert.equal(strict(schema).safeParse(value).success, false, schema.def.type)
    }
  })

  it('takes what it is made of, checks included', () => {
    const schema = strict(size.refine(({ width }) => width > 0, 'too narrow'))
    assert.deepEqual(schema.parse({ width: 1 }), { width: 1 })
    assert.equal(schema.safeParse({ width: 0 }).error?.issues[0]?.message, 'too narrow')
  })
})
