import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ApiDesk } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'
import { everyOperation } from '../support/described-operations.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']

describe('a method that an address does not take', () => {
  let desk: ApiDesk
  let webFolder: string

  // As it is run: the web app beside it answers for what is no address of the API.
  before(async () => {
    webFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-web-'))
    fs.writeFileSync(path.join(webFolder, 'index.html'), '<!doctype html><title>Guichet</title>')
    desk = await ApiDesk.open({ settings: { webFolder } })
  })
  after(async () => {
    await desk?.close()
    fs.rmSync(webFolder, { recursive: true, force: true })
  })

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

  it('is refused at every address that is described, whichever method it lacks', async () => {
    const operations = await everyOperation()
    const paths = new Map<string, { template: string; methods: string[] }>()
    for (const { path, template, method } of operations) {
      const { methods = [] } = paths.get(path) ?? {}
      // HEAD is answered wherever there is GET.
      const more = method === 'GET' ? [method, 'HEAD'] : [method]
      paths.set(path, { template, methods: [...methods, ...more] })
    }
    assert.equal(paths.size, new Set(operations.map(({ template }) => template)).size)
    let asked = 0
    const wrong: string[] = []
    for (const [path, { methods }] of paths) {
      for (const method of METHODS.filter((one) => !methods.includes(one))) {
        const answer = await desk.client().fetch(method, path)
        const allowed = answer.headers.get('allow')
        await answer.body?.cancel()
        asked += 1
        if (answer.status !== 405 || allowed !== methods.sort().join(', '))
          wrong.push(`${method} ${path}: ${answer.status}, Allow: ${allowed}`)
      }
    }
    assert.deepEqual(wrong, [])
    assert.ok(asked > 3 * paths.size)
  })

  it('is refused where a literal path lies beside one with a parameter', async () => {
    assert.equal(await allow('GET', '/tickets/bulk'), 'POST')
    assert.equal(await allow('PATCH', '/tickets/counts'), 'GET, HEAD')
    assert.equal(await allow('GET', '/mailboxes/test'), 'POST')
    assert.equal(await allow('GET', '/tickets/1042/merge'), 'POST')
    assert.equal((await desk.client().request('GET', '/%ff')).status, 400)
    assert.equal(await allow('PATCH', '/tickets/1042/tasks/from-template'), 'POST')
    assert.equal(await allow('PATCH', '/tickets/b%75lk'), 'POST')
  })

  it('is refused before anything of the request is read', async () => {
    const answer = await desk.client().fetch('PUT', '/tickets', undefined, {
      headers: { 'content-type': 'application/xml' },
      body: '<ticket/>',
    })
    assert.equal(answer.status, 405)
  })

  it('is refused at addresses that are not of a version', async () => {
    assert.equal(await allow('DELETE', '/api/v1/openapi.json'), 'GET, HEAD')
    for (const path of [
      '/healthz',
      '/readyz',
      '/metrics',
      '/api/docs',
      '/api/docs/static/index.css',
    ])
      assert.equal(await allow('POST', path), 'GET, HEAD', path)
  })

  it('is told to who asks for the options', async () => {
    const answer = await desk.client().request('OPTIONS', '/tickets')
    assert.equal(answer.status, 204)
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST')
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
