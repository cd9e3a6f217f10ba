import type net from 'node:net'
import { SMTPServer } from 'smtp-server'

/** An SMTP server that refuses some recipients and takes the others. */
export class FaultyRecipients {
  /** The recipients of each mail it took. */
  readonly taken: string[][] = []
  port = 0

  private constructor(
    public codes: Record<string, number>,
    private readonly server: SMTPServer,
  ) {}

  static async start(codes: Record<string, number>): Promise<FaultyRecipients> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 100,
      onRcptTo: ({ address }, _session, done) => {
        const code = peer.codes[address]
        done(code ? Object.assign(new Error('not here'), { responseCode: code }) : null)
      },
      onData: (stream, session, done) => {
        stream.resume().on('end', () => {
          peer.taken.push(session.envelope.rcptTo.map(({ address }) => address))
          done()
        })
      },
    })
    const peer = new FaultyRecipients(codes, server)
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve))
    peer.port = (server.server.address() as net.AddressInfo).port
    return peer
  }

  stop(): Promise<void> {
    for (const connection of [...this.server.connections]) connection._socket.destroy()
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve()
      })
    })
  }
}
