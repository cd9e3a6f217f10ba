// A real SMTP server for the tests: keeps what it is given, and fails in the ways that real ones
// do.
import type net from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { eventually } from './eventually.ts'

/** A mail as the peer took it. */
export interface RecordedMail {
  from: string
  to: string[]
  raw: Buffer
  at: Date
  /** The user it was sent as, when the session signed in. */
  user: string | undefined
}

/** One fault, used up by the next transaction that reaches its point. */
export type Fault =
  /**
   * Answers with an error: `auth` at sign-in, `from` and `to` at the envelope, `data` after the
   * whole mail (nothing is kept).
   */
  | { kind: 'reject'; at: 'auth' | 'from' | 'to' | 'data'; code: number; text?: string }
  /**
   * Drops the connection after the whole mail, in place of the answer. `kept` says whether the mail
   * counts as taken: both happen in life.
   */
  | { kind: 'dropAfterData'; kept: boolean }
  /** Drops the connection in the middle of the mail. */
  | { kind: 'dropInData' }
  /** Never answers: `connect` gives no greeting, `data` no answer to the mail. */
  | { kind: 'hang'; at: 'connect' | 'data' }

export interface SmtpPeerOptions {
  /** Sign-in is required with these when given; otherwise none is offered. */
  user?: string
  password?: string
  /** A fixed port, to come back on after a stop. */
  port?: number
}

export class SmtpPeer {
  readonly host = '127.0.0.1'
  readonly mails: RecordedMail[] = []
  port: number
  #server: SMTPServer | undefined
  #faults: Fault[] = []

  private constructor(readonly options: SmtpPeerOptions) {
    this.port = options.port ?? 0
  }

  static async start(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
    const peer = new SmtpPeer(options)
    await peer.start()
    return peer
  }

  /** Its address in the form of DEFAULT_SMTP_URL. */
  get url(): string {
    const { user, password } = this.options
    return user
      ? `smtp://${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@${this.host}:${this.port}`
      : `smtp://${this.host}:${this.port}`
  }

  /**
   * Lets the next `times` transactions that come to its point fail this way. Several faults are
   * used up in order.
   */
  fail(fault: Fault, times = 1): void {
    for (let i = 0; i < times; i++) this.#faults.push(fault)
  }

  /** Faults that no transaction has used up yet. */
  get faultsLeft(): number {
    return this.#faults.length
  }

  /** Takes mail again from now on. */
  heal(): void {
    this.#faults = []
  }

  /**
   * Waits until a mail matches.
   * @returns the first that does.
   */
  waitFor(matches: (mail: RecordedMail) => boolean, timeout?: number): Promise<RecordedMail> {
    return eventually('a mail at the SMTP peer', () => this.mails.find(matches), timeout)
  }

  /** Starts it again after `stop`, on the same port with the mails it has. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: this.options.user === undefined,
      disabledCommands: this.options.user === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      logger: false,
      onConnect: (_session, done) => {
        if (!this.#take((fault) => fault.kind === 'hang' && fault.at === 'connect')) done()
      },
      onAuth: (auth, _session, done) => {
        const right = auth.username === this.options.user && auth.password === this.options.password
        const error =
          this.#rejection('auth') ??
          (right ? undefined : answer(535, 'Authentication credentials invalid'))
        if (error) done(error)
        else done(null, { user: auth.username })
      },
      onMailFrom: (_address, _session, done) => done(this.#rejection('from')),
      onRcptTo: (_address, _session, done) => done(this.#rejection('to')),
      onData: (stream, session, done) => void this.#receive(stream, session, done),
    })
    // A peer that is dropped on in the middle of a mail has nothing to say about it.
    server.on('error', () => undefined)
    await new Promise<void>((resolve, reject) =>
      server.server.once('error', reject).listen(this.port, this.host, resolve),
    )
    this.port = (server.server.address() as net.AddressInfo).port
    this.#server = server
  }

  /** Stops it and drops every connection. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    for (const connection of [...server.connections]) connection._socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  async #receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const inData = this.#take((fault) => fault.kind === 'dropInData')
    const chunks: Buffer[] = []
    try {
      for await (const chunk of stream) {
        if (inData) return this.#drop(session)
        chunks.push(chunk as Buffer)
      }
    } catch {
      return
    }
    if (this.#take((fault) => fault.kind === 'hang' && fault.at === 'data')) return
    const rejected = this.#rejection('data')
    if (rejected) return done(rejected)
    const dropped = this.#take((fault) => fault.kind === 'dropAfterData')
    if (dropped?.kind !== 'dropAfterData' || dropped.kept)
      this.mails.push(recorded(session, Buffer.concat(chunks)))
    if (dropped) this.#drop(session)
    else done()
  }

  #rejection(at: 'auth' | 'from' | 'to' | 'data'): Error | undefined {
    const fault = this.#take((f) => f.kind === 'reject' && f.at === at)
    return fault?.kind === 'reject'
      ? answer(fault.code, fault.text ?? (fault.code < 500 ? 'Try again later' : 'Refused'))
      : undefined
  }

  /** The first fault in line, if this is its point. */
  #take(isDue: (fault: Fault) => boolean): Fault | undefined {
    const [first] = this.#faults
    return first && isDue(first) ? this.#faults.shift() : undefined
  }

  #drop(session: SMTPServerSession): void {
    for (const connection of this.#server?.connections ?? [])
      if (connection.id === session.id) connection._socket.destroy()
  }
}

const answer = (code: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode: code })

function recorded(session: SMTPServerSession, raw: Buffer): RecordedMail {
  const { mailFrom, rcptTo } = session.envelope
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map(({ address }) => address),
    raw,
    at: new Date(),
    user: typeof session.user === 'string' ? session.user : undefined,
  }
}
