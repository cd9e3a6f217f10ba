import assert from 'node:assert/strict'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ApiDesk } from '../support/api-desk.ts'

describe('the web app', () => {
  let desk: ApiDesk
  let folder: string
  const page = '<!doctype html><title>Guichet</title>'
  const script = 'export const x = 1;'.repeat(200)

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-web-'))
    fs.mkdirSync(path.join(folder, 'assets'))
    fs.writeFileSync(path.join(folder, 'index.html'), page)
    fs.writeFileSync(path.join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    fs.writeFileSync(path.join(folder, 'assets/index-Ab12.js'), script)
    fs.writeFileSync(path.join(folder, 'assets/index-Ab12.js.gz'), gzipSync(script))
    fs.writeFileSync(path.join(path.dirname(folder), 'outside.txt'), 'secret')
    desk = await ApiDesk.open({ settings: { webFolder: folder } })
  })
  after(async () => {
    await desk?.close()
    fs.rmSync(folder, { recursive: true, force: true })
    fs.rmSync(path.join(path.dirname(folder), 'outside.txt'), { force: true })
  })

  const get = (address: string, headers: Record<string, string> = {}) =>
    fetch(`${desk.url}${address}`, { headers })

  /** fetch() forbids caches to answer as soon as a condition is given; a browser does not. */
  const statusOf = (address: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      http
        .get(`${desk.url}${address}`, { headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        })
        .on('error', reject)
    })

  it('is answered at every address of its own, and is asked for anew each time', async () => {
    for (const address of [
      '/',
      '/tickets',
      '/tickets/1001?view=mine',
      '/setup/abc',
      '/settings/mailboxes',
      '/contacts/anna%40client.example',
      '/contacts/j%C3%B6rg@b%C3%BCcher.example',
      '/approve/cut.short.',
    ]) {
      const answer = await get(address, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
      assert.deepEqual(
        [answer.status, await answer.text(), answer.headers.get('cache-control')],
        [200, page, 'no-cache'],
        address,
      )
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
    }
  })

  it('keeps what has a hash in its name for ever, and compresses it', async () => {
    const answer = await get('/assets/index-Ab12.js', { 'accept-encoding': 'gzip' })
    assert.deepEqual(
      [
        answer.headers.get('cache-control'),
        answer.headers.get('content-encoding'),
        await answer.text(),
      ],
      ['public, max-age=31536000, immutable', 'gzip', script],
    )
    assert.match(answer.headers.get('content-type') ?? '', /javascript/)
    assert.equal((await get('/favicon.svg')).headers.get('cache-control'), 'no-cache')
    const tag = (await get('/favicon.svg')).headers.get('etag') ?? ''
    assert.equal(await statusOf('/favicon.svg', { 'if-none-match': tag }), 304)
  })

  it('runs no script but its own, and is shown in no other site’s frame', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? ''
    for (const rule of [
      /default-src 'none'/,
      /script-src 'self'(;|$)/,
      /img-src 'self' data: blob:/,
      /frame-ancestors 'none'/,
      /base-uri 'none'/,
    ])
      assert.match(policy, rule)
    assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/)
  })

  it('does not stand in for a file or an address of the API that is missing', async () => {
    for (const address of [
      '/assets/gone.js',
      '/api/nothing',
      '/api/v1/nothing',
      '/missing.png',
      '/../outside.txt',
      '/%2e%2e/outside.txt',
      '/assets/..%2f..%2foutside.txt',
    ]) {
      const answer = await get(address)
      assert.notEqual(await answer.text(), 'secret')
      assert.ok(answer.status >= 400, `${address} ${answer.status}`)
      assert.match(answer.headers.get('content-type') ?? '', /problem\+json/, address)
    }
    const posted = await fetch(`${desk.url}/api/v1/nothing`, { method: 'POST' })
    assert.equal(posted.status, 404)
  })

  it('is only read', async () => {
    for (const address of ['/', '/tickets', '/assets/index-Ab12.js', '/favicon.svg']) {
      const answer = await fetch(`${desk.url}${address}`, { method: 'POST' })
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'], address)
    }
  })
})
