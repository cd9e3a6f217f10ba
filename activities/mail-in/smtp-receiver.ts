import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
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

/** Announced in EHLO (RFC 1870) and enforced: room for an attachment of 50 MB in base64. Bytes. */
const LARGEST_ACCEPTED = 75 * 1024 * 1024
/**
 * Of all mails that are being received at one time; above it senders are asked to come back. Bytes.
 */
const MOST_IN_MEMORY = 300 * 1024 * 1024
const SILENCE_MS = 120_000
const MOST_CONNECTIONS = 200

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

/** What is answered to recipients and mails. */
const receiving = (deps: SmtpReceiverDependencies): SMTPServer =>
  new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    banner: 'Guichet',
    size: LARGEST_ACCEPTED,
    maxClients: MOST_CONNECTIONS,
    socketTimeout: SILENCE_MS,
    closeTimeout: 5_000,
    disableReverseLookup: true,
    logger: false,
    onMailFrom(_address, _session, done) {
      deps.backlog.isFull().then(
        (isFull) => {
          done(isFull ? busy() : null)
        },
        () => {
          done(later())
        },
      )
    },
    onRcptTo(address, _session, done) {
      mailboxFor(deps.db, address.address).then(
        (found) => {
          done(found ? null : unknown(address.address))
        },
        () => {
          done(later())
        },
      )
    },
    onData(stream, session, done) {
      take(deps, stream, session).then(
        () => {
          done(null)
        },
        (error: unknown) => {
          if (!(error instanceof SmtpAnswer))
            deps.log.warn(
              { error: error instanceof Error ? error.message : String(error) },
              'a mail could not be stored; its sender was asked to try again',
            )
          done(error instanceof SmtpAnswer ? error : later())
        },
      )
    },
  })

async function take(
  deps: SmtpReceiverDependencies,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> {
  const raw = await collected(stream)
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

/** Reads the mail; counts it in `inMemory` when it returns. */
async function collected(stream: SMTPServerDataStream): Promise<Buffer> {
  let chunks: Buffer[] = []
  let size = 0
  let refusal: SmtpAnswer | null = null
  const drop = (answer: SmtpAnswer | null): void => {
    refusal = answer
    inMemory -= size
    chunks = []
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
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
