import assert from 'node:assert/strict'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { problem } from '../../../domain/contract.ts'
import { ApiDesk } from '../support/api-desk.ts'

describe('bytes that are no request', () => {
  let desk: ApiDesk

  before(async () => {
    desk = await ApiDesk.open()
  })
  after(() => desk?.close())

  const answerTo = async (bytes: string): Promise<{ head: string; code: string }> => {
    const socket = net.connect(Number(new URL(desk.url).port), '127.0.0.1')
    socket.write(bytes)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    assert.match(head, /\r\nContent-Type: application\/problem\+json/i)
    return { head, code: problem.strict().parse(JSON.parse(body)).code }
  }

  it('are answered as every other error', async () => {
    const { head, code } = await answerTo('EHLO desk.example\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 400 /)
    assert.equal(code, 'http-malformed')
  })

  it('are told when their head is too large', async () => {
    const { head, code } = await answerTo(
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
    )
    assert.match(head, /^HTTP\/1\.1 431 /)
    assert.equal(code, 'head-too-large')
  })

  it('are told when their address is not well formed', async () => {
    const { head, code } = await answerTo(
      'GET /api/v1/tickets/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    assert.match(head, /^HTTP\/1\.1 400 /)
    assert.equal(code, 'address-malformed')
  })
})
