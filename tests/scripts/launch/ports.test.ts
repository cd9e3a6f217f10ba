import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it } from 'node:test'
import { PortError, requirePort } from '../../../scripts/launch/ports.mjs'

/** Ports in a row that are free, the first of them listened on until the test ends. */
async function takenAnd(
  t: { after: (end: () => void) => void },
  following: number,
): Promise<number> {
  const listening = (port: number): Promise<net.Server | null> =>
    new Promise((resolve) => {
      const server = net.createServer()
      server.once('error', () => {
        resolve(null)
      })
      server.listen(port, '127.0.0.1', () => {
        resolve(server)
      })
    })
  for (let first = 33_000 - (process.pid % 1_000); first > 20_000; first -= 10) {
    const row: (net.Server | null)[] = []
    for (let port = first; port <= first + following; port++) row.push(await listening(port))
    const [taken, ...free] = row
    for (const server of free) server?.close()
    if (taken && free.every(Boolean)) {
      t.after(() => taken.close())
      return first
    }
    taken?.close()
  }
  throw new Error('no ports in a row are free')
}

describe('a port that is taken', () => {
  it('is told with one to use instead, which is free and no other setting of the start', async (t) => {
    const taken = await takenAnd(t, 3)
    const other = net.createServer()
    await new Promise<void>((resolve) => other.listen(taken + 1, '127.0.0.1', resolve))
    t.after(() => other.close())
    process.env['SANDBOX_PORT'] = String(taken + 2)
    t.after(() => delete process.env['SANDBOX_PORT'])
    await assert.rejects(
      requirePort('SMTP_RECEIVER_PORT', taken, '127.0.0.1', 'the SMTP receiver'),
      (error) => {
        assert.ok(error instanceof PortError)
        assert.match(error.message, new RegExp(`SMTP_RECEIVER_PORT=${taken + 3} npm start`))
        return true
      },
    )
  })
})
