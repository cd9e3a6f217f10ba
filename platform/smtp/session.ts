import { Readable } from 'node:stream'
import { domainToASCII } from 'node:url'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { foreignLine } from '../../domain/foreign-line.ts'
import { domainOf, localPartOf } from '../../domain/mail-in/addresses.ts'
import { type RefusedRecipient, refusedRecipient, smtpFailure, type SmtpPhase } from './failure.ts'
import type { SmtpAccount, SmtpTimeouts } from './account.ts'

export interface Envelope {
  from: string
  to: readonly string[]
}

export interface Accepted {
  /** The server's answer to the message. */
  reply: string
  accepted: string[]
  refused: RefusedRecipient[]
}

/** Bytes handed to the connection at once. */
const BLOCK = 64 * 1024

/**
 * One conversation with a mail server. It knows exactly whether the final dot of a message was
 * sent: until then the server must not deliver anything (RFC 5321 section 4.1.1.4), so that
 * everything before it can safely be tried again.
 */
export class SmtpSession {
  /** Messages that went through it. */
  sent = 0
  /** When its server was last seen to do something, in milliseconds since 1970. */
  progressAt = Date.now()

  constructor(
    private readonly connection: SMTPConnection,
    private readonly account: SmtpAccount,
    private readonly waits: SmtpTimeouts,
  ) {
    // Errors are reported by the step under way; one between two steps only ends the session.
    connection.on('error', () => undefined)
  }

  get alive(): boolean {
    return !this.connection.destroyed
  }

  get encrypted(): boolean {
    return this.connection.secure
  }

  connect(): Promise<unknown> {
    return this.step(this.waits.connect + this.waits.greeting, (done) => {
      this.connection.connect(done)
    })
  }

  login(user: string, password: string): Promise<unknown> {
    return this.step(this.waits.step, (done) => {
      this.connection.login({ user, pass: password }, done)
    })
  }

  /** Ends a transaction that came to nothing (RSET), and shows that the server still answers. */
  reset(): Promise<unknown> {
    return this.step(this.waits.step, (done) => {
      this.connection.reset(done)
    })
  }

  /**
   * One mail transaction.
   * @param message the whole mail, as it was rendered.
   * @param beforeFinalDot runs when everything but the final dot is on its way; when it fails, the
   *   dot is not sent.
   * @throws SmtpFailure; `doubtful` when the final dot was sent and no answer came.
   * @throws whatever `beforeFinalDot` threw.
   */
  async send(
    { from, to }: Envelope,
    message: Buffer,
    beforeFinalDot: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Accepted> {
    const state: { phase: SmtpPhase; refusal: unknown; progress: () => void } = {
      phase: 'envelope',
      refusal: undefined,
      progress: () => undefined,
    }
    let marking: Promise<void> = Promise.resolve()
    const source = this.source(message, state, () => {
      marking = beforeFinalDot().catch((error: unknown) => {
        state.refusal = error ?? new Error('refused')
        throw error
      })
      return marking
    })
    try {
      const info = await this.transaction(
        state,
        { from: onTheWire(from), to: to.map(onTheWire), size: message.length },
        source,
      )
      this.sent++
      return {
        reply: foreignLine(info.response),
        accepted: info.accepted,
        refused: (info.rejectedErrors ?? []).map(refusedRecipient),
      }
    } catch (error) {
      source.destroy()
      this.close()
      // What it has begun to write down must not land after what the caller now writes.
      await marking.catch(() => undefined)
      if (state.refusal !== undefined) throw state.refusal
      throw smtpFailure(error, state.phase, this.account)
    }
  }

  /** Says good-bye; the server closes. */
  quit(): void {
    if (this.alive) this.connection.quit()
  }

  /** Ends the session at once. A message without its final dot is void. */
  close(): void {
    this.connection.close()
  }

  /**
   * The message in blocks, then the marker, then the end: reading past the last block is what sends
   * the dot.
   */
  private source(
    message: Buffer,
    state: { phase: SmtpPhase; progress: () => void },
    beforeEnd: () => Promise<void>,
  ): Readable {
    let offset = 0
    const source: Readable = new Readable({
      highWaterMark: BLOCK,
      read: () => {
        state.phase = 'data'
        state.progress()
        if (offset < message.length) {
          const block = message.subarray(offset, offset + BLOCK)
          offset += block.length
          source.push(block)
          return
        }
        beforeEnd().then(
          () => {
            if (source.destroyed || !this.alive) return
            state.phase = 'answer'
            state.progress()
            source.push(null)
          },
          (error: unknown) => {
            source.destroy(error instanceof Error ? error : new Error(String(error)))
          },
        )
      },
    })
    return source
  }

  private transaction(
    state: { phase: SmtpPhase; progress: () => void },
    envelope: { from: string; to: string[]; size: number },
    source: Readable,
  ) {
    let timer: NodeJS.Timeout
    const run = this.step<Parameters<Parameters<SMTPConnection['send']>[2]>[1]>(
      null,
      (done, fail) => {
        state.progress = () => {
          this.progressAt = Date.now()
          clearTimeout(timer)
          timer = setTimeout(
            () => {
              fail(stopped('ETIMEDOUT'))
            },
            state.phase === 'answer' ? this.waits.answer : this.waits.step,
          )
        }
        state.progress()
        this.connection.send(envelope, source, done)
      },
    )
    return run.finally(() => {
      clearTimeout(timer)
    })
  }

  /**
   * Runs one step of the protocol; the connection's own errors and its end count as the step's
   * failure.
   */
  private step<T = unknown>(
    wait: number | null,
    begin: (done: (error?: Error | null, result?: T) => void, fail: (error: Error) => void) => void,
  ): Promise<T> {
    const { connection } = this
    return new Promise<T>((resolve, reject) => {
      this.progressAt = Date.now()
      const settle = (act: () => void): void => {
        this.progressAt = Date.now()
        clearTimeout(timer)
        connection.removeListener('error', fail)
        connection.removeListener('end', ended)
        act()
      }
      const fail = (error: Error): void => {
        settle(() => {
          reject(error)
        })
      }
      // A reply that ends the session is reported after the end: it says more than "lost".
      const ended = (): void => {
        setImmediate(() => {
          fail(stopped('ECONNECTION'))
        })
      }
      const timer =
        wait === null
          ? undefined
          : setTimeout(() => {
              fail(stopped('ETIMEDOUT'))
            }, wait)
      connection.once('error', fail)
      connection.once('end', ended)
      if (!this.alive) {
        ended()
        return
      }
      begin((error, result) => {
        if (error) fail(error)
        else
          settle(() => {
            resolve(result as T)
          })
      }, fail)
    })
  }
}

/** Told apart by the caller, who knows the phase. */
const stopped = (code: 'ETIMEDOUT' | 'ECONNECTION'): Error =>
  Object.assign(new Error(code), { code })

/** An address with its domain in ASCII (RFC 5891): no server needs SMTPUTF8 for it. */
const onTheWire = (address: string): string =>
  `${localPartOf(address)}@${domainToASCII(domainOf(address)) || domainOf(address)}`
