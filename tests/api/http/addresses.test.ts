import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openApiDocument } from '../../../api/openapi.ts'
import type { Problem } from '../../../domain/contract.ts'
import { ApiDesk } from '../support/api-desk.ts'
import { type DescribedOperation, everyOperation } from '../support/described-operations.ts'

interface Parameter {
  name: string
  in: string
  schema?: { type?: string }
}

/** What JavaScript takes for a number besides what is one. */
const NO_NUMBERS = [
  '0x3E9',
  '1e3',
  ' 12',
  '12 ',
  '1.0',
  '+12',
  '-1',
  '',
  'NaN',
  '1_000',
  '١٢',
  '007',
  '00',
]

describe('what is written in an address', () => {
  let desk: ApiDesk
  let operations: DescribedOperation[]
  /** The whole numbers that operations take, by the operation's id. */
  let numbers: Map<string, Parameter[]>

  before(async () => {
    desk = await ApiDesk.open()
    operations = await everyOperation()
    const { paths } = (await openApiDocument()) as {
      paths: Record<string, Record<string, { operationId: string; parameters?: Parameter[] }>>
    }
    numbers = new Map(
      Object.values(paths)
        .flatMap((methods) => Object.values(methods))
        .map(({ operationId, parameters = [] }) => [
          operationId,
          parameters.filter(({ schema }) => schema?.type === 'integer'),
        ]),
    )
  })
  after(() => desk?.close())

  it('is a number only in decimal digits: a path with anything else names nothing', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { operationId, method, template, path, body, query, isUpload } of operations) {
      const named = numbers.get(operationId)?.filter(({ in: place }) => place === 'path') ?? []
      if (named.length === 0 || isUpload) continue
      asked++
      // One of them for each: all of them are one schema.
      for (const written of asked === 1
        ? NO_NUMBERS.filter(Boolean)
        : ['0x3E9', '1e3', '%2012', '01013']) {
        const { name } = named[0]!
        const before = template.split(`{${name}}`)[0]!
        const rest = path.slice(before.length).replace(/^[^/]+/, '')
        const text = written.startsWith('%') ? written : encodeURIComponent(written)
        const answer = await desk.admin.client.request<Problem>(
          method,
          `${before}${text}${rest}?${new URLSearchParams(query).toString()}`.replace(/\?$/, ''),
          body,
        )
        if (answer.status !== 404 || answer.body.code !== 'not-found')
          wrong.push(`${operationId} ${text}: ${answer.status} ${answer.body?.code ?? ''}`)
      }
    }
    assert.ok(asked > 60)
    assert.deepEqual(wrong, [])
  })

  it('is a number only in decimal digits: in a query anything else is refused by name', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { operationId, method, path, query } of operations) {
      const named = numbers.get(operationId)?.filter(({ in: place }) => place === 'query') ?? []
      for (const { name } of named) {
        asked++
        for (const written of asked === 1 ? NO_NUMBERS : ['0x10', '1e1', ' 12', '', '010']) {
          const asking = new URLSearchParams([
            ...query.filter(([other]) => other !== name),
            [name, written],
          ])
          const { status, body } = await desk.admin.client.request<Problem>(
            method,
            `${path}?${asking.toString()}`,
          )
          if (status !== 400 || !body.errors?.some(({ pointer }) => pointer === `/query/${name}`))
            wrong.push(`${operationId} ${name}=${written}: ${status} ${JSON.stringify(body)}`)
        }
      }
    }
    assert.ok(asked > 15)
    assert.deepEqual(wrong, [])
  })

  it('is UTF-8 in percent-encoding: anything else is refused, in a query and in a path', async () => {
    const wrong: string[] = []
    let named = 0
    for (const { operationId, method, path, template, body } of operations) {
      const inPath = /\{\w+\}/.test(template) ? [template.replace(/\{\w+\}/, 'BAD')] : []
      named += inPath.length
      const addresses = [
        `${path}?q=BAD`,
        `${path}?BAD=1`,
        ...inPath.map((one) => filled(one, path)),
      ]
      for (const address of addresses)
        for (const bad of named < 3 ? ['%FF', '%C3%28', '%ED%A0%80', '%', '%C3'] : ['%FF']) {
          const answer = await desk.admin.client.request<Problem>(
            method,
            address.replace('BAD', bad),
            method === 'GET' ? undefined : body,
          )
          if (answer.status !== 400 || answer.body.code !== 'address-malformed')
            wrong.push(`${operationId} ${address} ${bad}: ${answer.status} ${answer.body?.code}`)
        }
    }
    assert.ok(named > 100)
    assert.deepEqual(wrong, [])
    for (const nowhere of ['/nowhere/%FF', '/%FF']) {
      const { status, body } = await desk.admin.client.request<Problem>('GET', nowhere)
      assert.deepEqual([status, body.code], [400, 'address-malformed'], nowhere)
    }
  })

  /** The parameters that follow the one in question, as the path has them. */
  const filled = (template: string, path: string): string => {
    const parts = path.split('/')
    return template
      .split('/')
      .map((part, at) => (part.startsWith('{') ? parts[at] : part))
      .join('/')
  }

  it('answers HEAD wherever it answers GET, with what GET would say of it', async () => {
    const wrong: string[] = []
    for (const { operationId, method, path, query } of operations) {
      if (method !== 'GET' || operationId === 'openStream') continue
      const address = `${path}?${new URLSearchParams(query).toString()}`.replace(/\?$/, '')
      const [head, get] = [
        await desk.admin.client.fetch('HEAD', address),
        await desk.admin.client.fetch('GET', address),
      ]
      await get.arrayBuffer()
      if (head.status !== get.status) wrong.push(`${operationId}: ${head.status}, ${get.status}`)
    }
    assert.deepEqual(wrong, [])
    const stream = await desk.admin.client.fetch('HEAD', '/stream')
    assert.equal(stream.status, 200)
    assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/)
  })
})
