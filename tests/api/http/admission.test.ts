import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { refuseTooMuch, waitForTurn } from '../../../api/http/admission.ts'
import { answerError } from '../../../api/http/error-handler.ts'
import { WaitingLine } from '../../../api/http/waiting-line.ts'
import { eventually } from '../../harness/eventually.ts'

/** Over real connections: who hangs up, and who sends slowly, is part of it. */
describe('how changes are let in', () => {
  let app: FastifyInstance
  let line: WaitingLine
  let signingIn: (() => void)[]
  let carriedOut: (() => void)[]
  let isSignInSlow: boolean

  beforeEach(async () => {
    line = new WaitingLine()
    ;[signingIn, carriedOut, isSignInSlow] = [[], [], false]
    app = Fastify({ forceCloseConnections: true })
    app.setErrorHandler(answerError)
    refuseTooMuch(app, line, () => {
      app.addHook('onRequest', async () => {
        if (isSignInSlow) await new Promise<void>((resolve) => signingIn.push(resolve))
      })
    })
    waitForTurn(app, line)
    app.post('/', async () => {
      await new Promise<void>((resolve) => carriedOut.push(resolve))
      return {}
    })
    app.get('/', async () => ({}))
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterEach(async () => {
    isSignInSlow = false
    for (const next of [...signingIn, ...carriedOut]) next()
    await app.close()
  })

  /** @param sends whether the body comes as well. */
  function post(sends = true): { request: http.ClientRequest; status: Promise<number> } {
    const { port } = app.server.address() as AddressInfo
    const request = http.request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': '2' },
    })
    const status = new Promise<number>((resolve) => {
      request.on('response', (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      request.on('error', () => {
        resolve(0)
      })
    })
    if (sends) request.end('{}')
    else request.write('{')
    return { request, status }
  }
  const are = (what: 'underway' | 'waiting', count: number): Promise<unknown> =>
    eventually(`${count} ${what}`, () => line[what] === count)

  it('who hangs up keeps the place until what was begun has ended', async () => {
    const closed: Promise<unknown>[] = []
    app.server.on('connection', (socket) =>
      closed.push(new Promise((resolve) => socket.once('close', resolve))),
    )
    const { request } = post()
    await eventually('it is carried out', () => carriedOut.length === 1)
    request.destroy()
    await Promise.all(closed)
    assert.equal(line.underway, 1)
    carriedOut[0]!()
    await are('underway', 0)
  })

  it('who sends slowly has no place', async () => {
    const slow = post(false)
    post()
    await eventually('it is carried out', () => carriedOut.length === 1)
    assert.equal(line.underway, 1)
    slow.request.end('}')
    await are('underway', 2)
  })

  it('many who come at the same moment are refused before it is asked who they are', async () => {
    isSignInSlow = true
    const all = Array.from({ length: 600 }, () => post())
    const statuses: number[] = []
    for (const { status } of all) void status.then((known) => statuses.push(known))
    await eventually('all have come', () => statuses.length + signingIn.length === 600)
    assert.ok(signingIn.length < 300)
    assert.ok(statuses.every((status) => status === 503))
    const { port } = app.server.address() as AddressInfo
    isSignInSlow = false
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200, 'reading goes on')
  })

  it('who waits and hangs up is forgotten', async () => {
    const first = Array.from({ length: 33 }, () => post())
    await are('waiting', 1)
    for (const { request } of first) request.destroy()
    await are('waiting', 0)
    assert.ok(carriedOut.length >= 32)
    for (const next of carriedOut) next()
    await are('underway', 0)
  })
})
