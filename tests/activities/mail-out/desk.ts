// A help desk in a database of its own: one department, its mailbox, an agent, and tickets that
// went through the table of commands.
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { deliver, type Delivery } from '../../../activities/mail-out/deliver.ts'
import { MessageLocks } from '../../../activities/mail-out/delivery-locks.ts'
import { loadOutbound, type OutboundRecord } from '../../../activities/mail-out/outbound-record.ts'
import { SmtpSessions } from '../../../activities/mail-out/smtp-pool.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import { persistEvents } from '../../../activities/projection/persist.ts'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import { decide } from '../../../domain/decide.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { databaseBlobs, type BlobStore } from '../../../platform/postgres/blobs.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import type { PersistOutcome } from '../../../workflows/ticket/activities.ts'
import {
  type ComposedReply,
  composeReply,
  type ReplyDraft,
} from '../../../api/conversation/compose-reply.ts'
import type { OutboundContext } from '../../../application/mail-out/correspondence.ts'
import { seal } from '../../../platform/secrets/sealed-secret.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { defaultTimeouts, type SmtpTimeouts } from '../../../platform/smtp/account.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { freshDatabase } from '../../harness/database.ts'

export const SECRET_KEYS = onlyKey(Buffer.alloc(32, 7))
export const DEFAULT_FROM = 'DoNotReply <donotreply@help.example>'
/** Milliseconds in which a server that hangs is given up, at the one step where the test has it hang. */
export const IMPATIENT = 700

export interface SenderSettings {
  from?: string
  host: string
  port: number
  secure?: boolean
  user?: string
  password?: string
  allowInvalidCertificate?: boolean
  dkim?: { domain: string; selector: string; privateKey: string }
}

export class Desk {
  readonly departmentId = randomUUID()
  readonly agent = { id: randomUUID(), name: 'Sam Okafor' }
  readonly context: OutboundContext = { secretKeys: SECRET_KEYS, defaultFrom: DEFAULT_FROM }
  readonly blobs: BlobStore
  readonly delivery: Delivery

  private constructor(
    readonly db: OpenDatabase,
    readonly url: string,
    private readonly drop: () => Promise<void>,
  ) {
    this.blobs = databaseBlobs(db)
    this.delivery = this.worker()
  }

  static async open(): Promise<Desk> {
    const { url, drop } = await freshDatabase()
    const desk = new Desk(openDatabase(url, { connections: 8 }), url, drop)
    await desk.sql('INSERT INTO department (id, name) VALUES ($1, $2)', [desk.departmentId, 'IT'])
    await desk.sql(
      `INSERT INTO app_user (id, email, name, role) VALUES ($1, 'sam@example.com', $2, 'agent')`,
      [desk.agent.id, desk.agent.name],
    )
    return desk
  }

  async close(): Promise<void> {
    this.delivery.sessions.close()
    await this.db.close()
    await this.drop()
  }

  /** Another worker: its own locks and connections, the same database. */
  worker(waits: Partial<SmtpTimeouts> = {}, defaultSmtpUrl?: string): Delivery {
    return {
      db: this.db,
      blobs: this.blobs,
      secretKeys: SECRET_KEYS,
      defaultSmtpUrl,
      log: pino({ level: 'silent' }),
      locks: new MessageLocks(this.db.pool),
      sessions: new SmtpSessions({ ...defaultTimeouts, ...waits }),
    }
  }

  async sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.db.pool.query<Record<string, unknown>>(text, values)).rows
  }

  mailbox(address: string): Promise<unknown> {
    return this.sql('INSERT INTO mailbox (id, address, department_id) VALUES ($1, $2, $3)', [
      randomUUID(),
      address,
      this.departmentId,
    ])
  }

  async sender({
    from = 'IT Support <it@help.example>',
    host,
    port,
    secure = false,
    user,
    password,
    allowInvalidCertificate = false,
    dkim,
  }: SenderSettings): Promise<void> {
    await this.sql('DELETE FROM sender WHERE department_id = $1', [this.departmentId])
    await this.sql(
      'INSERT INTO sender (department_id, "from", host, port, secure, "user", password_sealed, allow_invalid_certificate, dkim) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)',
      [
        this.departmentId,
        from,
        host,
        port,
        secure,
        user ?? null,
        password === undefined ? null : seal(SECRET_KEYS, password),
        allowInvalidCertificate,
        dkim
          ? JSON.stringify({
              domain: dkim.domain,
              selector: dkim.selector,
              privateKeySealed: seal(SECRET_KEYS, dkim.privateKey),
            })
          : null,
      ],
    )
  }

  /** A ticket that a mail of the requester opened. */
  async ticket(
    number: number,
    mail: {
      subject?: string
      text?: string
      internetId?: string
      references?: string[]
      language?: string
    } = {},
  ): Promise<void> {
    const {
      subject = 'The printer jams',
      text = 'It jams on every page.',
      internetId = `request-${number}@client.example`,
      references = [],
      language = 'en',
    } = mail
    const messageId = timeOrderedId()
    const anna = { email: 'anna@client.example', name: 'Anna Weber' }
    await this.sql(
      `INSERT INTO message (id, ticket_number, direction, state, internet_id, "references", from_address, from_name, subject, text, text_visible, language, date)
       VALUES ($1, $2, 'inbound', 'received', $3, $4, $5, $6, $7, $8, $8, $9, '2026-11-24T09:00:00Z')`,
      [messageId, number, internetId, references, anna.email, anna.name, subject, text, language],
    )
    await this.command(number, 'mailReceived', {
      message: {
        messageId,
        from: anna,
        preview: text,
        hasAttachments: false,
        automatic: false,
        stranger: false,
      },
      opening: {
        subject,
        requester: anna,
        department: { id: this.departmentId, name: 'IT' },
        priority: 'normal',
        channel: 'mail',
      },
    })
  }

  /**
   * Decides and projects one command, as the ticket's workflow does.
   * @returns what the database said.
   */
  async command<N extends CommandName>(
    number: number,
    name: N,
    payload: CommandPayload<N>,
  ): Promise<PersistOutcome> {
    const before = await loadTicket(this.db, number)
    const actor: Actor = { kind: 'agent', ...this.agent }
    const decision = decide(
      before,
      name,
      { id: randomUUID(), actor, payload } as Command,
      new Date().toISOString(),
    )
    if (decision.rejection) throw new Error(decision.rejection.message)
    return persistEvents(this.db, {
      ticket: decision.ticket,
      basedOn: before.version,
      events: decision.events,
    })
  }

  /** What the API does before it sends the command. */
  compose(ticketNumber: number, draft: Partial<ReplyDraft> = {}): Promise<ComposedReply> {
    return composeReply(this.db, this.context, {
      ticketNumber,
      author: this.agent,
      text: 'Please restart it.',
      cc: [],
      attachmentIds: [],
      holdSeconds: 0,
      ...draft,
    })
  }

  /**
   * A reply whose command has been accepted: it waits for delivery.
   * @returns its id.
   */
  async reply(ticketNumber: number, draft: Partial<ReplyDraft> = {}): Promise<string> {
    const { messageId, payload } = await this.compose(ticketNumber, draft)
    await this.command(ticketNumber, 'reply', payload)
    return messageId
  }

  async upload(
    filename: string,
    contentType: string,
    bytes: Buffer,
    by = this.agent.id,
  ): Promise<string> {
    const id = randomUUID()
    await this.sql(
      'INSERT INTO attachment (id, uploaded_by, blob_sha256, filename, content_type, size) VALUES ($1,$2,$3,$4,$5,$6)',
      [id, by, await this.blobs.put(bytes), filename, contentType, bytes.length],
    )
    return id
  }

  deliver(
    ticketNumber: number,
    messageId: string,
    worker = this.delivery,
  ): ReturnType<typeof deliver> {
    return deliver(worker, { ticketNumber, messageId })
  }

  async message(id: string): Promise<OutboundRecord> {
    const message = await loadOutbound(this.db, id)
    if (!message) throw new Error(`no message ${id}`)
    return message
  }
}
