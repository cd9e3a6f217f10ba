import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { after, before, describe, it } from 'node:test'
import type { Problem } from '../../../domain/contract.ts'
import { ApiDesk } from '../support/api-desk.ts'

describe('the body of a request', () => {
  let desk: ApiDesk
  let authorization: string

  before(async () => {
    desk = await ApiDesk.open()
    const { token } = await desk.admin.client.post<{ token: string }>('/tokens', { name: 'test' })
    authorization = `Bearer ${token}`
  })
  after(() => desk?.close())

  const send = async (
    bytes: Buffer,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; code: string; name: string; headers: Headers }> => {
    const answer = await fetch(`${desk.url}/api/v1/departments`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: new Uint8Array(bytes),
    })
    const { code, name } = (await answer.json()) as Problem & { name: string }
    return { status: answer.status, code, name, headers: answer.headers }
  }
  const named = (name: string): Buffer => Buffer.from(JSON.stringify({ name }))

  it('is read as UTF-8, with a byte order mark or without one', async () => {
    const { status, name } = await send(named('Büro ☃'))
    assert.deepEqual([status, name], [201, 'Büro ☃'])
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), named('Büro 2')])
    assert.equal(
      (await send(marked, { 'content-type': 'application/json; charset=UTF-8' })).status,
      201,
    )
  })

  it('is refused when it is no UTF-8: none of its letters is lost in silence', async () => {
    for (const bytes of [
      Buffer.from('{"name":"B\xfcro"}', 'latin1'),
      Buffer.from('{"name":"Büro"}', 'utf16le'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"name":"Büro"}', 'utf16le')]),
      Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
    ]) {
      const { status, code } = await send(bytes)
      assert.equal(status, 400)
      assert.ok(['text-malformed', 'json-malformed'].includes(code), code)
    }
    assert.equal((await send(Buffer.from('{"name":"B\xfcro"}', 'latin1'))).code, 'text-malformed')
  })

  it('is refused in another charset', async () => {
    for (const charset of ['utf-16', 'UTF-16LE', '"iso-8859-1"', 'windows-1252'])
      assert.deepEqual(
        await send(named('IT'), { 'content-type': `application/json; charset=${charset}` }).then(
          ({ status, code }) => [status, code],
        ),
        [415, 'media-type-unsupported'],
        charset,
      )
  })

  it('is refused when it is compressed, and told how it would be taken', async () => {
    for (const [coding, bytes] of [
      ['gzip', gzipSync(named('IT'))],
      ['br', named('IT')],
      ['gzip', named('IT')],
    ] as const) {
      const { status, code, headers } = await send(bytes, { 'content-encoding': coding })
      assert.deepEqual([status, code], [415, 'coding-unsupported'])
      assert.equal(headers.get('accept-encoding'), 'identity')
    }
    assert.equal((await send(named('As it is'), { 'content-encoding': 'identity' })).status, 201)
  })
})
