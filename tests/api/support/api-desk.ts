// A help desk behind a listening API: real PostgreSQL, real HTTP, an admin, and words to put people
// and tickets into it.
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import type pg from 'pg'
import { buildApp } from '../../../api/app.ts'
import type { ApiSettings } from '../../../api/http/dependencies.ts'
import { hashPassword } from '../../../api/access/passwords.ts'
import { CHANNELS } from '../../../api/tickets/change-feed.ts'
import { HealthMonitor } from '../../../application/health/monitor.ts'
import { ProcessBeat } from '../../../application/health/process-beat.ts'
import type { TemporalLook } from '../../../application/health/temporal-look.ts'
import { BoundedDatabase } from '../../../platform/postgres/bounded-database.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import type { Workflows } from '../../../api/temporal/workflows.ts'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { Role } from '../../../domain/vocabulary.ts'
import { type BlobStore, databaseBlobs } from '../../../platform/postgres/blobs.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { ApiClient } from '../../harness/api-client.ts'
import { freshDatabase } from '../../harness/database.ts'
import { freePort } from '../../harness/free-port.ts'
import { type MailboxCall, projectedWorkflows } from './projected-workflows.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'

export const PASSWORD = 'correct horse battery'
export const SECRET_KEYS = onlyKey(Buffer.alloc(32, 7))

export interface Person {
  id: string
  name: string
  email: string
  client: ApiClient
}

export interface DeskOptions {
  settings?: Partial<ApiSettings>
  /** By default decisions are projected without Temporal. */
  workflows?: (pool: pg.Pool, listening: ListenConnection) => Workflows | Promise<Workflows>
  /** By default a server that answers, and that workers ask. */
  temporal?: TemporalLook
}

export const wellTemporal: TemporalLook = {
  queue: async () => ({ askedAgo: 1, oldestTask: 0 }),
  waiting: () => Promise.resolve({ tasks: 0, oldest: 0 }),
  runningTickets: {
    count: () => Promise.resolve(0),
    numbers: () => Promise.resolve({ has: () => true, [Symbol.iterator]: () => [].values() }),
  },
  reconcileScheduled: async () => true,
  reportsProblems: async () => true,
}

export class ApiDesk {
  readonly blobs: BlobStore
  admin!: Person
  #hash = hashPassword(PASSWORD)

  private constructor(
    readonly url: string,
    readonly db: OpenDatabase,
    readonly pool: pg.Pool,
    readonly databaseUrl: string,
    readonly workflows: Workflows,
    readonly bounded: BoundedDatabase,
    readonly mailboxCalls: MailboxCall[],
    readonly close: () => Promise<void>,
  ) {
    this.blobs = databaseBlobs(db)
  }

  static async open({
    settings = {},
    workflows,
    temporal = wellTemporal,
  }: DeskOptions = {}): Promise<ApiDesk> {
    const database = await freshDatabase()
    const db = openDatabase(database.url, { connections: 10, bounds: { connect: 2_000 } })
    const { pool } = db
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const calls: MailboxCall[] = []
    const log = pino({ level: process.env['TEST_VERBOSE'] ? 'info' : 'silent' })
    const listening = new ListenConnection(pool, CHANNELS, log)
    const used = workflows ? await workflows(pool, listening) : projectedWorkflows(pool, calls)
    const bounded = new BoundedDatabase(database.url, { name: 'desk-health', connections: 3 })
    const beat = new ProcessBeat(bounded, 'api', SECRET_KEYS)
    const app = await buildApp({
      db,
      health: new HealthMonitor({
        database: bounded,
        figures: bounded,
        temporal,
        beat,
        relay: '',
        dataDir: null,
      }),
      blobs: databaseBlobs(db),
      workflows: used,
      listening,
      log,
      settings: {
        publicUrl: url,
        secretKeys: SECRET_KEYS,
        defaultFrom: 'DoNotReply <donotreply@help.example>',
        workflowPages: null,
        webFolder: null,
        ...settings,
      },
    })
    await app.listen({ port, host: '127.0.0.1' })
    const close = async (): Promise<void> => {
      await app.close()
      await beat.stop()
      bounded.close()
      listening.close()
      await pool.end()
      await database.drop()
    }
    const desk = new ApiDesk(url, db, pool, database.url, used, bounded, calls, close)
    desk.admin = await desk.person('Ada Admin', 'admin')
    return desk
  }

  client(): ApiClient {
    return new ApiClient(this.url)
  }

  /** Somebody who has signed in. */
  async person(name: string, role: Role, departments: readonly Department[] = []): Promise<Person> {
    const id = timeOrderedId()
    const email = `${name.toLowerCase().replaceAll(' ', '.')}@desk.example`
    await this.pool.query(
      'INSERT INTO app_user (id, email, name, password_hash, role) VALUES ($1, $2, $3, $4, $5)',
      [id, email, name, await this.#hash, role],
    )
    await this.pool.query(
      'INSERT INTO user_department (user_id, department_id) SELECT $1, unnest($2::uuid[])',
      [id, departments.map((d) => d.id)],
    )
    const client = this.client()
    await client.signIn(email, PASSWORD)
    return { id, name, email, client }
  }

  department(name: string): Promise<Department> {
    return this.admin.client.post<Department>('/departments', { name })
  }

  /**
   * A ticket that a mail opened, with the mail's source and attachments.
   * @returns its number, its message's id and its attachments' ids.
   */
  async mailTicket(
    department: Department,
    mail: MailTicket = {},
  ): Promise<{ number: number; messageId: string; attachmentIds: string[] }> {
    const {
      subject = 'The printer jams',
      text = 'It jams on every page.',
      from = { email: 'anna@client.example', name: 'Anna Weber' },
      html = null,
      attachments = [],
      flags = [],
    } = mail
    const {
      rows: [row],
    } = await this.pool.query<{ number: number }>(`SELECT nextval('ticket_number')::int AS number`)
    const number = row!.number
    const messageId = timeOrderedId()
    const source = await this.blobs.put(
      Buffer.from(`From: ${from.email}\r\nSubject: ${subject}\r\n\r\n${text}\r\n`),
    )
    await this.pool.query(
      `INSERT INTO message (id, ticket_number, direction, state, internet_id, from_address, from_name, subject, text, text_visible, html, flags, source_sha256, date)
       VALUES ($1, $2, 'inbound', 'received', $3, $4, $5, $6, $7, $7, $8, $9, $10, now())`,
      [
        messageId,
        number,
        `${messageId}@client.example`,
        from.email,
        from.name,
        subject,
        text,
        html,
        flags,
        source,
      ],
    )
    const attachmentIds: string[] = []
    for (const { filename, contentType, bytes, contentId = null } of attachments) {
      const id = timeOrderedId()
      await this.pool.query(
        'INSERT INTO attachment (id, message_id, blob_sha256, filename, content_type, size, content_id, inline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
        [
          id,
          messageId,
          await this.blobs.put(bytes),
          filename,
          contentType,
          bytes.length,
          contentId,
          contentId !== null,
        ],
      )
      attachmentIds.push(id)
    }
    await this.system(
      number,
      'mailReceived',
      {
        message: {
          messageId,
          from,
          preview: text,
          hasAttachments: attachments.length > 0,
          automatic: false,
          stranger: false,
        },
        opening: {
          subject,
          requester: from,
          department: { id: department.id, name: department.name },
          priority: 'normal',
          channel: 'mail',
        },
      },
      false,
    )
    return { number, messageId, attachmentIds }
  }

  /** What Guichet itself does to a ticket: mail, deliveries. */
  async system<N extends CommandName>(
    number: number,
    name: N,
    payload: CommandPayload<N>,
    resume = true,
  ): Promise<void> {
    await this.workflows.execute({ number, resume }, name, {
      id: randomUUID(),
      actor: { kind: 'system', name: 'Guichet' },
      payload,
    } as Command<N>)
  }
}

export interface MailTicket {
  subject?: string
  text?: string
  from?: { email: string; name: string }
  html?: string
  attachments?: { filename: string; contentType: string; bytes: Buffer; contentId?: string }[]
  flags?: string[]
}
