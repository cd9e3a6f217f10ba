import type net from 'node:net'
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server'
import { sql } from 'kysely'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runPrepared } from '../../platform/postgres/run-prepared.ts'
import { normaliseAddress, plusAddress } from '../../domain/mail-in/addresses.ts'
import { readReplyAddress } from '../../domain/mail-in/reply-address.ts'
import type { Backlog } from './ledger/backlog.ts'
import type { MailIntake } from './ledger/intake.ts'
import { receiverUid } from './ledger/store.ts'
import { ReceiverPlaces } from './receiver-places.ts'

/** Announced in EHLO (RFC 1870) and enforced: room for an attachment of 50 MB in base64. Bytes. */
const LARGEST_ACCEPTED = 75 * 1024 * 1024
/**
 * Of all mails that are being received at one time; above it senders are asked to come back. Bytes.
 */
const MOST_IN_MEMORY = 300 * 1024 * 1024
const SILENCE_MS = 120_000
/** Between two lines in the log about connections that had to end. Milliseconds. */
const SAID_EVERY = 60_000

export interface SmtpReceiverOptions {
  port: number
  host: string
}

export interface SmtpReceiverDependencies {
  db: Database
  intake: MailIntake
  backlog: Backlog
  log: { info: (facts: object, text: string) => void; warn: (facts: object, text: string) => void }
}

export interface SmtpReceiver {
  /** The port it listens on. */
  port: number
  /** Takes no new connection; resolves when those that are open have ended. */
  stop: () => Promise<void>
}

/** An answer of ours with its SMTP code (RFC 5321 section 4.2). */
class SmtpAnswer extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * The second way in: the target of a forwarding rule, and what takes mail where no IMAP account
 * exists. Accepts mail for mailbox addresses, their aliases and signed reply addresses alone, so it
 * is never a relay. A mail is acknowledged once it is stored, not before: whatever happens before
 * that, the sending server keeps the mail and tries again.
 * @throws when the port is taken.
 */
export async function startSmtpReceiver(
  deps: SmtpReceiverDependencies,
  { port, host }: SmtpReceiverOptions,
): Promise<SmtpReceiver> {
  const server = receiving(deps)
  // A client that breaks off is its own affair; what it sent is not acknowledged.
  server.on('error', (error) => {
    deps.log.warn({ error: error.message }, 'SMTP receiver')
  })
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, host, () => {
      server.server.off('error', reject)
      resolve()
    })
  })
  const bound = server.server.address()
  return {
    port: typeof bound === 'object' && bound ? bound.port : port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** Gives its places by its own rule: the library would refuse whoever comes when all are taken. */
class ReceivingServer extends SMTPServer {
  private ended = 0
  private saidAt = 0

  constructor(
    options: SMTPServerOptions,
    private readonly places: ReceiverPlaces,
    private readonly log: SmtpReceiverDependencies['log'],
  ) {
    super(options)
  }

  override connect(socket: net.Socket, options: { id: string }): void {
    super.connect(socket, options)
    const { id } = options
    const connection = [...this.connections].find((one) => one.id === id)
    const end = (): void => {
      connection?.send(421, '4.3.2 Too many connections. Please try again in a moment.', false)
      this.tell()
    }
    if (!this.places.enter(id, connection?.remoteAddress ?? '', end)) end()
  }

  /** Some that came were turned away, or others had to give way to them. */
  private tell(): void {
    this.ended++
    if (Date.now() - this.saidAt < SAID_EVERY) return
    this.log.warn(
      { ended: this.ended, connected: this.connections.size },
      'SMTP receiver: too many connections, those that said nothing were ended',
    )
    this.saidAt = Date.now()
    this.ended = 0
  }
}

/** What is answered to recipients and mails. */
function receiving(deps: SmtpReceiverDependencies): SMTPServer {
  const places = new ReceiverPlaces()
  /** Whoever waits for our answer gives way to nobody. */
  const answer = (
    { id }: SMTPServerSession,
    work: Promise<void>,
    withinMail: boolean,
    done: (error?: Error | null) => void,
  ): void => {
    work.then(
      () => {
        places.awaits(id, withinMail)
        done(null)
      },
      (error: unknown) => {
        places.awaits(id, false)
        done(error instanceof SmtpAnswer ? error : later())
      },
    )
  }
  const options: SMTPServerOptions = {
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    banner: 'Guichet',
    size: LARGEST_ACCEPTED,
    socketTimeout: SILENCE_MS,
    closeTimeout: 5_000,
    disableReverseLookup: true,
    logger: false,
    onMailFrom(_address, session, done) {
      places.owes(session.id)
      answer(session, refuseWhenBusy(deps.backlog), true, done)
    },
    onRcptTo({ address }, session, done) {
      places.owes(session.id)
      answer(session, refuseUnknown(deps.db, address), true, done)
    },
    onData(stream, session, done) {
      const taken = take(deps, stream, session, places).catch((error: unknown) => {
        if (!(error instanceof SmtpAnswer))
          deps.log.warn(
            { error: error instanceof Error ? error.message : String(error) },
            'a mail could not be stored; its sender was asked to try again',
          )
        throw error
      })
      answer(session, taken, false, done)
    },
    onClose({ id }) {
      places.leave(id)
    },
  }
  return new ReceivingServer(options, places, deps.log)
}

async function refuseWhenBusy(backlog: Backlog): Promise<void> {
  if (await backlog.isFull()) throw busy()
}

async function refuseUnknown(db: Database, address: string): Promise<void> {
  if (!(await mailboxFor(db, address))) throw unknown(address)
}

async function take(
  deps: SmtpReceiverDependencies,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  places: ReceiverPlaces,
): Promise<void> {
  const raw = await collected(stream, () => {
    places.awaits(session.id, true)
  })
  places.owes(session.id)
  try {
    await store(deps, raw, session)
  } finally {
    inMemory -= raw.length
  }
}

async function store(
  deps: SmtpReceiverDependencies,
  raw: Buffer,
  session: SMTPServerSession,
): Promise<void> {
  const recipients = session.envelope.rcptTo.map((r: SMTPServerAddress) => r.address.toLowerCase())
  const from = session.envelope.mailFrom
  const mailboxes = new Map<string, string[]>()
  for (const recipient of recipients) {
    const id = await mailboxFor(deps.db, recipient)
    if (id) mailboxes.set(id, [...(mailboxes.get(id) ?? []), recipient])
  }
  if (mailboxes.size === 0) throw unknown(recipients[0] ?? '')
  await deps.intake.takeAtOnce(
    [...mailboxes].map(([mailboxId, envelopeTo]) => ({
      mailboxId,
      source: 'smtp' as const,
      folder: '',
      uidValidity: 0n,
      uid: receiverUid(),
      raw,
      size: raw.length,
      refusal: null,
      envelopeFrom: from ? from.address.toLowerCase() : '',
      envelopeTo,
      internalDate: new Date(),
    })),
  )
}

let inMemory = 0

/**
 * Reads the mail; counts it in `inMemory` when it returns.
 * @param heard called with each part of it.
 */
async function collected(stream: SMTPServerDataStream, heard: () => void): Promise<Buffer> {
  let chunks: Buffer[] = []
  let size = 0
  let refusal: SmtpAnswer | null = null
  const drop = (answer: SmtpAnswer | null): void => {
    refusal = answer
    inMemory -= size
    chunks = []
  }
  try {
    heard()
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      heard()
      // What is refused is read to its end all the same, as the protocol asks, but not kept.
      if (refusal) continue
      size += chunk.length
      inMemory += chunk.length
      chunks.push(chunk)
      if (size > LARGEST_ACCEPTED)
        drop(
          new SmtpAnswer(
            552,
            `5.3.4 The mail is larger than ${LARGEST_ACCEPTED / 1048576} MB, the most that is taken.`,
          ),
        )
      else if (inMemory > MOST_IN_MEMORY)
        drop(
          new SmtpAnswer(
            452,
            '4.3.1 Too much mail is being received at this moment. Please try again later.',
          ),
        )
    }
  } catch (error) {
    if (!refusal) drop(null)
    throw error
  }
  if (refusal) throw refusal as SmtpAnswer
  return Buffer.concat(chunks)
}

/**
 * @returns the mailbox that an envelope recipient belongs to: its address, an alias or a reply
 *   address made from it; a plus tag aside.
 */
async function mailboxFor(db: Database, recipient: string): Promise<string | null> {
  const whole = normaliseAddress(recipient)
  const names = [whole, readReplyAddress(whole)?.mailbox ?? whole, plusAddress(whole).base]
  const [mailbox] = await runPrepared(
    db,
    db
      .selectFrom('mailbox')
      .select('id')
      .where('enabled', '=', true)
      .where('deleted_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb('address', '=', anyOf(names, 'text')),
          eb('aliases', '&&', sql<string[]>`${names}::text[]`),
        ]),
      )
      .orderBy((eb) => eb('address', '=', whole), 'desc')
      .orderBy('created_at')
      .limit(1),
  )
  return mailbox?.id ?? null
}

const unknown = (address: string): SmtpAnswer =>
  new SmtpAnswer(550, `5.1.1 <${address}> is no mailbox here.`)
const later = (): SmtpAnswer =>
  new SmtpAnswer(451, '4.3.0 The mail cannot be stored right now. Please try again later.')
const busy = (): SmtpAnswer =>
  new SmtpAnswer(451, '4.3.2 More mail waits than can be read in time. Please try again later.')
