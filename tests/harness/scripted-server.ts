import net from 'node:net'
import type { TestContext } from 'node:test'

/** What a server says to each connection: its first words, and an answer to each line it gets. */
export interface Script {
  /** Nothing: it says nothing. */
  greeting?: string | Buffer
  /** Answers by the beginning of a line, such as `EHLO`; a line without one is not answered. */
  answers?: Record<string, string>
  /** It hangs up after its greeting. */
  hangsUp?: boolean
}

/**
 * A server that says what it is told to, whatever the protocol: greetings that no real one can be
 * brought to.
 * @returns its port on 127.0.0.1, where it stands until the test ends.
 */
export async function scriptedServer(t: TestContext, script: Script): Promise<number> {
  const open = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    if (script.greeting !== undefined) socket.write(script.greeting)
    if (script.hangsUp) socket.end()
    socket.on('data', (chunk) => {
      for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) {
        const known = Object.entries(script.answers ?? {}).find(([word]) => line.includes(word))
        if (known) socket.write(known[1].replace('TAG', line.split(' ')[0] ?? ''))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => {
          resolve()
        })
      }),
  )
  return (server.address() as net.AddressInfo).port
}
