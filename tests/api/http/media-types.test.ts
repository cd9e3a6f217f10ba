import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { everyOperation } from '../support/described-operations.ts'
import { ApiDesk } from '../support/api-desk.ts'

describe('what a request brings and takes', () => {
  let desk: ApiDesk
  let cookie: string

  before(async () => {
    desk = await ApiDesk.open()
    const { token } = await desk.admin.client.post<{ token: string }>('/tokens', { name: 'test' })
    cookie = `Bearer ${token}`
  })
  after(() => desk?.close())

  const send = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    fetch(`${desk.url}/api/v1${path}`, {
      method,
      headers: { authorization: cookie, ...headers },
      ...(body === undefined ? {} : { body }),
    })
  const problem = async (response: Response): Promise<[status: number, code: string]> => {
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
    return [response.status, ((await response.json()) as { code: string }).code]
  }

  it('is refused when the body is of a form that is not read here', async () => {
    const body = JSON.stringify({ name: 'IT' })
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x'])
      assert.deepEqual(
        await problem(await send('POST', '/departments', { 'content-type': type }, body)),
        [415, 'media-type-unsupported'],
        type,
      )
  })

  it('is refused when it is JSON and a file is taken', async () => {
    const uploads = (await everyOperation()).filter(({ isUpload }) => isUpload)
    assert.ok(uploads.length > 0)
    for (const { operationId, method, path } of uploads) {
      const answer = await send(method, path, { 'content-type': 'application/json' }, '{"a":1}')
      assert.deepEqual(await problem(answer), [415, 'media-type-unsupported'], operationId)
      assert.deepEqual(
        await problem(await send(method, path, {})),
        [400, 'file-missing'],
        operationId,
      )
    }
  })

  it('is refused when it takes nothing that is answered here', async () => {
    for (const accept of ['text/html', 'application/xml, text/*', 'application/json;q=0'])
      assert.deepEqual(
        await problem(await send('GET', '/departments', { accept })),
        [406, 'not-acceptable'],
        accept,
      )
  })

  it('is answered when one of the forms that it takes is the answer’s', async () => {
    for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.1'])
      assert.equal((await send('GET', '/departments', { accept })).status, 200, accept)
    assert.equal((await send('GET', '/time.csv', { accept: 'text/csv' })).status, 200)
  })
})
