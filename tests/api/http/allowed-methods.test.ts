import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ApiDesk } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'
import { describedOperations } from '../support/described-operations.ts'

describe('a method that an address does not take', () => {
  let desk: ApiDesk

  before(async () => {
    desk = await ApiDesk.open()
  })
  after(() => desk.close())

  const allow = async (method: string, path: string): Promise<string | null> => {
    const answer = await desk.client().request(method, path)
    assertProblem(answer, 405, 'method-not-allowed')
    return answer.headers.get('allow')
  }

  it('is refused with those that it takes', async () => {
    assert.equal(await allow('PUT', '/tickets'), 'GET, HEAD, POST')
    assert.equal(await allow('POST', '/tickets/1042'), 'GET, HEAD, PATCH')
    assert.equal(await allow('DELETE', '/tickets/bulk'), 'POST')
    assert.equal(await allow('PATCH', '/time.csv'), 'GET, HEAD')
    assert.equal(await allow('POST', '/healthz'), 'GET, HEAD')
  })

  it('is refused at every address that is described', async () => {
    const operations = await describedOperations()
    for (const path of new Set(operations.map((one) => one.path))) {
      const known = operations.filter((one) => one.path === path).map(({ method }) => method)
      const allowed = (await allow('PROPFIND', path))?.split(', ').filter((m) => m !== 'HEAD')
      assert.deepEqual(allowed, known.sort(), path)
    }
  })

  it('is told to who asks for the options', async () => {
    const answer = await desk.client().request('OPTIONS', '/tickets')
    assert.equal(answer.status, 204)
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST')
  })

  it('is not a stream’s HEAD', async () => {
    const answer = await desk.client().fetch('HEAD', '/stream')
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('allow'), 'GET')
  })
})

describe('HEAD', () => {
  it('is told what GET would be, without the body', async () => {
    const desk = await ApiDesk.open()
    try {
      const [get, head] = await Promise.all(
        ['GET', 'HEAD'].map((method) => desk.admin.client.fetch(method, '/departments')),
      )
      assert.equal(head!.status, 200)
      assert.equal(await head!.text(), '')
      for (const name of ['etag', 'content-type', 'cache-control'])
        assert.equal(head!.headers.get(name), get!.headers.get(name), name)
      await get!.body?.cancel()
    } finally {
      await desk.close()
    }
  })
})
