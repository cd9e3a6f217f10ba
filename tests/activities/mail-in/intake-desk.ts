// Mail in without Temporal: a real database, the real parser and router; commands are collected
// instead of sent.
import type { Explanation } from '../../../domain/explanation.ts'
import { randomUUID } from 'node:crypto'
import type { CommandPayload } from '../../../domain/commands.ts'
import type { CommandSender } from '../../../activities/mail-in/ledger/command-sender.ts'
import { MailIntake } from '../../../activities/mail-in/ledger/intake.ts'
import type { IncomingMail } from '../../../activities/mail-in/ledger/store.ts'
import { parseMail } from '../../../activities/mail-in/mime/parse.ts'
import { routeMails, type RoutingDependencies } from '../../../activities/mail-in/routing/route.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import { prepareAcknowledgement } from '../../../activities/mail-out/acknowledge.ts'
import { databaseBlobs } from '../../../platform/postgres/blobs.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { freshDatabase, type FreshDatabase } from '../../harness/database.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'

export const SECRET_KEYS = onlyKey(Buffer.alloc(32, 7))

export interface LedgerLine {
  id: string
  state: string
  outcome: string | null
  reason: Explanation | null
  ticket: number | null
  uid: string
  action: string | null
}

export class TakingMail {
  /** What would have been sent to Temporal, in order. */
  readonly sent: RoutedCommand[] = []
  readonly warnings: string[] = []
  readonly log = {
    info: () => undefined,
    warn: (facts: object, text: string) =>
      void this.warnings.push(`${text} ${JSON.stringify(facts)}`),
    error: () => undefined,
  }
  readonly routing: RoutingDependencies
  readonly intake: MailIntake
  #uid = 0n

  private constructor(
    readonly database: FreshDatabase,
    readonly db: OpenDatabase,
  ) {
    this.routing = {
      db,
      blobs: databaseBlobs(db),
      secretKeys: SECRET_KEYS,
      defaultFrom: 'DoNotReply <donotreply@desk.test>',
      parseMail,
      prepareAcknowledgement,
      log: this.log,
    }
    const sender = {
      waiting: 0,
      isSending: () => false,
      hasSent: (id: string) => this.sent.some(({ command }) => command.id === id),
      send: (commands: RoutedCommand[]) => void this.sent.push(...commands),
      atMost: () => Promise.resolve(),
    }
    this.intake = new MailIntake(this.routing, sender as unknown as CommandSender)
  }

  static async start(): Promise<TakingMail> {
    const database = await freshDatabase()
    return new TakingMail(database, openDatabase(database.url, { connections: 8 }))
  }

  async stop(): Promise<void> {
    await this.intake.routed()
    await this.db.close()
    await this.database.drop()
  }

  async department(name: string, acknowledge = false): Promise<string> {
    const id = randomUUID()
    await this.db.pool.query('INSERT INTO department (id, name, acknowledge) VALUES ($1, $2, $3)', [
      id,
      name,
      acknowledge,
    ])
    return id
  }

  async mailbox(
    address: string,
    departmentId: string,
    columns: Record<string, unknown> = {},
  ): Promise<string> {
    const row = { id: randomUUID(), address, department_id: departmentId, ...columns }
    const names = Object.keys(row)
    await this.db.pool.query(
      `INSERT INTO mailbox (${names.map((n) => `"${n}"`).join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    )
    return row.id
  }

  incoming(
    mailboxId: string,
    raw: string | Buffer,
    over: Partial<IncomingMail> = {},
  ): IncomingMail {
    const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw
    return {
      mailboxId,
      source: 'imap',
      folder: 'INBOX',
      uidValidity: 1n,
      uid: ++this.#uid,
      raw: bytes,
      size: bytes.length,
      refusal: null,
      envelopeFrom: null,
      envelopeTo: [],
      internalDate: new Date(),
      ...over,
    }
  }

  /**
   * Stores and routes mails of one mailbox.
   * @returns their lines in the ledger, in order.
   */
  async take(mailboxId: string, ...raws: (string | Buffer)[]): Promise<LedgerLine[]> {
    return this.takeAll(raws.map((raw) => this.incoming(mailboxId, raw)))
  }

  async takeAll(mails: IncomingMail[]): Promise<LedgerLine[]> {
    await this.intake.take(mails)
    await this.intake.routed()
    const lines = await this.ledger()
    return mails.map((m) => lines.find((l) => l.uid === String(m.uid))!)
  }

  ledger = (): Promise<LedgerLine[]> =>
    this.rows<LedgerLine>(
      'SELECT id, state, outcome, outcome_reason AS reason, ticket_number AS ticket, uid, server_action AS action FROM mail ORDER BY id',
    )

  rows = async <T>(sql: string, params: unknown[] = []): Promise<T[]> =>
    (await this.db.pool.query(sql, params)).rows as T[]

  /** The payload of the command that a mail was turned into. */
  payload = (line: LedgerLine): CommandPayload<'mailReceived'> =>
    this.sent.find((c) => c.command.id === `mail-${line.id}`)!.command
      .payload as CommandPayload<'mailReceived'>

  /** Gives a ticket the row that its workflow's projection would write. */
  async project(
    number: number,
    columns: { status?: string; closed_at?: Date; department_id: string; requester_email?: string },
  ): Promise<void> {
    await this.db.pool.query(
      `INSERT INTO ticket (number, version, subject, status, priority, department_id, requester_email, opened_at, updated_at, last_message_at, closed_at, state)
       VALUES ($1, 1, 'Projected', $2, 'normal', $3, $4, now(), now(), now(), $5, '{}')`,
      [
        number,
        columns.status ?? 'open',
        columns.department_id,
        columns.requester_email ?? '',
        columns.closed_at ?? null,
      ],
    )
  }

  /**
   * Routes what is stored in another process, as far as the database can tell: over the same
   * functions and another connection.
   */
  routeAgain = async (rows: Parameters<typeof routeMails>[1]): Promise<RoutedCommand[]> =>
    (await routeMails(this.routing, rows)).commands
}
