// A help desk as its people have it: a running Guichet, a real IMAP account that it watches, a real
// SMTP account that it writes with.
import { simpleParser, type ParsedMail } from 'mailparser'
import type { z } from 'zod'
import type { Department, createdUser } from '../../../domain/people/contract.ts'
import type { Mailbox } from '../../../domain/mail-in/contract.ts'
import type { Message } from '../../../domain/conversation/contract.ts'
import type { ticketPage, TicketDetail, TicketSummary } from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import type { ApiClient } from '../../harness/api-client.ts'
import { Dovecot } from '../../harness/dovecot.ts'
import { eventually } from '../../harness/eventually.ts'
import { Guichet, type GuichetOptions } from '../../harness/guichet.ts'
import { type RecordedMail, SmtpPeer } from '../../harness/smtp-peer.ts'

type CreatedUser = z.infer<typeof createdUser>

export const OFFICIAL = 'it@desk.test'
export const IMAP_PASSWORD = 'imap-secret'
export const SMTP_USER = { user: 'it-out', password: 'smtp-secret' }

export class Desk {
  department: Department | undefined
  mailbox: Mailbox | undefined

  private constructor(
    readonly guichet: Guichet,
    readonly dovecot: Dovecot,
    readonly peer: SmtpPeer,
    readonly admin: ApiClient,
  ) {}

  /** The servers and a signed-in admin; nothing is set up yet. */
  static async empty(options: GuichetOptions = {}): Promise<Desk> {
    const dovecot = await Dovecot.start()
    const peer = await SmtpPeer.start(SMTP_USER)
    dovecot.addUser('it', IMAP_PASSWORD)
    try {
      const guichet = await Guichet.start(options)
      return new Desk(guichet, dovecot, peer, await guichet.admin())
    } catch (error) {
      await Promise.all([peer.stop(), dovecot.remove()])
      throw error
    }
  }

  /**
   * With the department IT, its watched mailbox and its sender.
   * @param acknowledge whether IT confirms new requests.
   */
  static async open({
    acknowledge = false,
    ...options
  }: GuichetOptions & { acknowledge?: boolean } = {}): Promise<Desk> {
    const desk = await Desk.empty(options)
    try {
      desk.department = await desk.admin.post<Department>('/departments', {
        name: 'IT',
        acknowledge,
      })
      await desk.admin.put(`/departments/${desk.department.id}/sender`, {
        from: `IT Support <${OFFICIAL}>`,
        smtp: desk.smtp,
      })
      desk.mailbox = await desk.admin.post<Mailbox>('/mailboxes', {
        address: OFFICIAL,
        departmentId: desk.department.id,
        imap: desk.imap(),
      })
      await desk.watched()
      return desk
    } catch (error) {
      const lines = desk.guichet.lines.slice(-20).join('\n')
      await desk.close()
      throw new Error(`The desk could not be set up: ${String(error)}\n${lines}`)
    }
  }

  /** The settings of the IMAP account, as the mailbox form sends them. */
  imap(over: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      host: this.dovecot.host,
      port: this.dovecot.port,
      secure: false,
      user: 'it',
      password: IMAP_PASSWORD,
      ...over,
    }
  }

  get smtp(): Record<string, unknown> {
    return { host: this.peer.host, port: this.peer.port, secure: false, ...SMTP_USER }
  }

  /** Waits until a mailbox is read and listened to. */
  async watched(id = this.mailbox?.id ?? ''): Promise<Mailbox> {
    return eventually(`mailbox ${id} is watched`, async () => {
      const found = (await this.mailboxes()).find((m) => m.id === id)
      if (found?.status !== 'watching') throw new Error(`${found?.status}: ${found?.lastError}`)
      return found
    })
  }

  async mailboxes(): Promise<Mailbox[]> {
    const found = await this.admin.get<Mailbox[] | { items: Mailbox[] }>('/mailboxes')
    return Array.isArray(found) ? found : found.items
  }

  /** Delivers a mail into the account that Guichet watches. */
  deliver(raw: string | Buffer): void {
    this.dovecot.deliver('it', raw)
  }

  async tickets(query = ''): Promise<TicketSummary[]> {
    const all: TicketSummary[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: z.infer<typeof ticketPage> = await this.admin.get(
        `/tickets?limit=200${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      )
      all.push(...page.items)
      cursor = page.next
    }
    return all
  }

  /** Waits for the ticket with this subject. */
  async ticketAbout(subject: string, timeout?: number): Promise<TicketDetail> {
    const found = await eventually(
      `a ticket about "${subject}"`,
      async () => (await this.tickets()).find((t) => t.subject === subject),
      timeout,
    )
    return this.ticket(found.number)
  }

  ticket = (number: number): Promise<TicketDetail> =>
    this.admin.get<TicketDetail>(`/tickets/${number}`)

  async messages(number: number): Promise<Message[]> {
    return (await this.admin.get<{ items: Message[] }>(`/tickets/${number}/messages?limit=200`))
      .items
  }

  async events(number: number): Promise<TicketEvent[]> {
    return (await this.admin.get<{ items: TicketEvent[] }>(`/tickets/${number}/events?limit=200`))
      .items
  }

  /** Waits for a message of the ticket that is so. */
  message(
    number: number,
    what: string,
    matches: (message: Message) => boolean,
    timeout = 180_000,
  ): Promise<Message> {
    return eventually(
      `${what} in #${number}`,
      async () => (await this.messages(number)).find(matches),
      timeout,
    )
  }

  /** An agent's answer, and the mail as the outside got it. */
  async reply(
    number: number,
    body: Record<string, unknown>,
    by: ApiClient = this.admin,
  ): Promise<{ message: Message; mail: RecordedMail; parsed: ParsedMail }> {
    const message = await by.post<Message>(`/tickets/${number}/messages`, body)
    const mail = await this.peer.waitFor((m) => m.raw.includes(`<${message.internetId}>`))
    return { message, mail, parsed: await simpleParser(mail.raw) }
  }

  /** A new person of the desk, signed in. */
  async person(
    name: string,
    role: 'admin' | 'agent',
    departmentIds: string[] = this.department ? [this.department.id] : [],
  ): Promise<{ client: ApiClient; user: CreatedUser }> {
    const [email, password] = [
      `${name.toLowerCase().replaceAll(' ', '.')}@staff.test`,
      `${name}: a long password`,
    ]
    const user = await this.admin.post<CreatedUser>('/users', {
      email,
      name,
      role,
      departmentIds,
      password,
    })
    const client = this.guichet.client()
    await client.signIn(email, password)
    return { client, user }
  }

  async close(): Promise<void> {
    await this.guichet.stop()
    await Promise.all([this.peer.stop(), this.dovecot.remove()])
  }
}
