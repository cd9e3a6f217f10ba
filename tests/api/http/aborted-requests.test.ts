import assert from 'node:assert/strict'
import net from 'node:net'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { answerError } from '../../../api/http/error-handler.ts'
import { eventually } from '../../harness/eventually.ts'

describe('a request whose sender hangs up while sending', () => {
  it('is no error of the server: its log says so, no louder', async (t) => {
    const lines: { level: number; msg: string }[] = []
    const log = pino(
      { level: 'trace' },
      new Writable({
        write: (line: Buffer, _encoding, done) => {
          lines.push(JSON.parse(line.toString()) as { level: number; msg: string })
          done()
        },
      }),
    )
    const app = Fastify({ loggerInstance: log as FastifyBaseLogger })
    app.setErrorHandler(answerError)
    app.post('/', () => ({}))
    const address = await app.listen({ port: 0, host: '127.0.0.1' })
    t.after(() => app.close())
    const socket = net.connect(Number(new URL(address).port), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":',
    )
    await eventually('arrives', () => lines.some(({ msg }) => msg === 'incoming request'))
    socket.destroy()
    await eventually('is logged', () => lines.some(({ msg }) => /ended before its body/.test(msg)))
    assert.deepEqual(
      lines.filter(({ level }) => level > 30).map(({ msg }) => msg),
      [],
    )
  })
})
